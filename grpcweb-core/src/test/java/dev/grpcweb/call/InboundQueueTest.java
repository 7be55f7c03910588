// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class InboundQueueTest {
  private final List<String> delivered = new ArrayList<>();
  private int wakeUps;
  private Consumer<String> onMessage = message -> {};
  private final InboundQueue<String> queue = new InboundQueue<>(() -> wakeUps++);
  private final InboundQueue.Receiver<String> receiver =
      new InboundQueue.Receiver<>() {
        @Override
        public void message(String message) {
          delivered.add(message);
          onMessage.accept(message);
        }

        @Override
        public void halfClose() {
          delivered.add("half-close");
        }
      };

  @Test
  void aMessageWaitsUntilItIsAskedFor() {
    queue.message("a");
    assertThat(wakeUps).isZero();

    queue.request(1);

    assertThat(wakeUps).isEqualTo(1);
    queue.drain(receiver);
    assertThat(delivered).containsExactly("a");
  }

  @Test
  void demandWaitsForItsMessages() {
    queue.request(2);
    assertThat(wakeUps).isZero();

    queue.message("a");
    queue.drain(receiver);
    queue.message("b");
    queue.drain(receiver);
    queue.message("c");

    assertThat(wakeUps).isEqualTo(2);
    assertThat(delivered).containsExactly("a", "b");
  }

  @Test
  void noMoreMessagesAreDeliveredThanWereAskedFor() {
    queue.message("a");
    queue.message("b");
    queue.message("c");
    queue.request(2);

    queue.drain(receiver);

    assertThat(delivered).containsExactly("a", "b");
  }

  @Test
  void theHalfCloseComesAfterTheLastMessage() {
    queue.message("a");
    queue.halfClose();
    assertThat(wakeUps).isZero();

    queue.request(1);
    queue.drain(receiver);

    assertThat(delivered).containsExactly("a", "half-close");
  }

  @Test
  void theHalfCloseNeedsNoDemand() {
    queue.halfClose();

    assertThat(wakeUps).isEqualTo(1);
    queue.drain(receiver);
    assertThat(delivered).containsExactly("half-close");
  }

  @Test
  void theHalfCloseIsDeliveredOnce() {
    queue.halfClose();
    queue.drain(receiver);
    queue.halfClose();
    queue.request(1);
    queue.drain(receiver);

    assertThat(delivered).containsExactly("half-close");
    assertThat(wakeUps).isEqualTo(1);
  }

  @Test
  void aMessageAfterTheHalfCloseIsDropped() {
    queue.request(5);
    queue.halfClose();
    queue.message("late");
    queue.drain(receiver);

    assertThat(delivered).containsExactly("half-close");
  }

  @Test
  void aRequestFromInsideADeliveryGoesOnInTheSameTurn() {
    onMessage = message -> queue.request(1);
    queue.message("a");
    queue.message("b");
    queue.request(1);

    queue.drain(receiver);

    assertThat(delivered).containsExactly("a", "b");
    assertThat(wakeUps).isEqualTo(1);
  }

  @Test
  void whatArrivesBeforeTheTurnNeedsNoOtherWakeUp() {
    queue.request(10);
    queue.message("a");
    queue.message("b");
    queue.halfClose();

    assertThat(wakeUps).isEqualTo(1);
    queue.drain(receiver);
    assertThat(delivered).containsExactly("a", "b", "half-close");
  }

  @Test
  void afterTheEndNothingIsDelivered() {
    queue.request(10);
    queue.message("a");
    queue.halfClose();

    queue.close();
    queue.drain(receiver);

    assertThat(delivered).isEmpty();
  }

  @Test
  void afterTheEndNothingIsTakenAndNobodyWoken() {
    queue.close();

    queue.message("a");
    queue.halfClose();
    queue.request(1);
    queue.drain(receiver);

    assertThat(wakeUps).isZero();
    assertThat(delivered).isEmpty();
  }

  @Test
  void anEndInsideADeliveryStopsTheRest() {
    onMessage = message -> queue.close();
    queue.request(10);
    queue.message("a");
    queue.message("b");
    queue.halfClose();

    queue.drain(receiver);

    assertThat(delivered).containsExactly("a");
  }

  @Test
  void demandBeyondAnIntIsKept() {
    queue.request(Integer.MAX_VALUE);
    queue.request(Integer.MAX_VALUE);
    queue.message("a");
    queue.drain(receiver);

    assertThat(delivered).containsExactly("a");
  }
}

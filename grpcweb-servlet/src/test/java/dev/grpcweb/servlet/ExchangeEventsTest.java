// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ExchangeEventsTest {
  private final ExchangeLock lock = new ExchangeLock();
  private final ExchangeEvents events = new ExchangeEvents(lock);
  private final RecordingInput input = new RecordingInput();

  ExchangeEventsTest() {
    lock.teller(events::tell);
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  @Test
  void whatHappenedBeforeTheCoreIsKnownIsToldThen() {
    locked(() -> events.disconnected(new IOException("gone")));
    locked(() -> events.bind(input));

    assertThat(input.events()).containsExactly("disconnected gone");
  }

  @Test
  void theFirstEndWinsAndNothingFollowsIt() {
    locked(() -> events.bind(input));
    locked(events::writable);
    locked(events::completed);
    locked(() -> events.disconnected(new IOException("late")));
    locked(events::writable);

    assertThat(input.events()).containsExactly("writable", "completed");
  }

  @Test
  void theEndReplacesWhatWasNotToldYet() {
    locked(() -> events.bind(input));
    locked(
        () -> {
          events.writable();
          events.disconnected(new IOException("gone"));
        });

    assertThat(input.events()).containsExactly("disconnected gone");
  }

  @Test
  void nothingIsToldAfterAnAbort() {
    locked(() -> events.bind(input));
    locked(
        () -> {
          events.writable();
          events.aborted();
          events.disconnected(new IOException("late"));
        });

    assertThat(input.events()).isEmpty();
  }

  @Test
  void anInnerFrameLeavesTheTellingToTheOuterOne() {
    locked(() -> events.bind(input));
    lock.lock();
    locked(events::writable);
    assertThat(input.events()).isEmpty();
    lock.unlock();

    assertThat(input.events()).containsExactly("writable");
  }

  @Test
  void eventsOfOtherThreadsWaitForTheOneThatIsBeingTold() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    RecordingInput slow =
        new RecordingInput() {
          @Override
          public void writable() {
            inside.countDown();
            try {
              assertThat(leave.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            super.writable();
          }
        };
    locked(() -> events.bind(slow));
    Thread teller = new Thread(() -> locked(events::writable));
    teller.start();
    assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
    locked(() -> events.disconnected(new IOException("gone")));
    assertThat(slow.events()).isEmpty();
    leave.countDown();
    teller.join(10_000);

    assertThat(slow.events()).containsExactly("writable", "disconnected gone");
  }
}

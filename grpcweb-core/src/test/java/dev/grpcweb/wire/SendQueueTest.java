// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Hex;
import dev.grpcweb.testing.RecordingExchange;
import dev.grpcweb.transport.Headers;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SendQueueTest {
  private final RecordingExchange exchange = new RecordingExchange();
  private final AtomicLong clock = new AtomicLong();
  private final SendQueue queue =
      new SendQueue(exchange, new GrpcWebFormat(false, true), 12, clock::get);

  @BeforeEach
  void begin() {
    queue.begin(new Headers());
  }

  @Test
  void anEmptyQueueTakesAnyFrame() {
    assertThat(queue.isFull(1000)).isFalse();
  }

  @Test
  void aQueueTakesFramesUpToItsLimit() {
    gather("12345678");

    assertThat(queue.isFull(4)).isFalse();
    assertThat(queue.isFull(5)).isTrue();
  }

  @Test
  void whatTheExchangeHasQueuedCountsAsItIsOnTheWire() {
    exchange.block();
    gather("abc");
    queue.flush();
    assertThat(queue.size()).isEqualTo(4); // in base64
    gather("de");

    assertThat(queue.size()).isEqualTo(6);
    assertThat(queue.isGathering()).isTrue();
  }

  @Test
  void anOverflowFreesTheQueueAndTellsTheFigures() {
    exchange.block();
    gather("abcdef");
    queue.flush();
    gather("gh");

    assertThat(queue.overflow(7).getStatus().getDescription())
        .isEqualTo("Response queue is full: limit 12 bytes, queued 10, next frame 7");
    assertThat(queue.size()).isZero();
  }

  @Test
  void whatASlowClientHasNotTakenIsDiscardedWithAllThatFollows() {
    exchange.block();
    gather("abc");
    queue.flush();
    gather("de");

    queue.discardUntaken();

    assertThat(queue.size()).isZero();
  }

  @Test
  void whatIsOnlyGatheredIsNotDiscarded() {
    gather("abc");

    queue.discardUntaken();

    assertThat(queue.size()).isEqualTo(3);
  }

  @Test
  void aFlushWithoutBytesTellsTheExchangeNothing() {
    queue.flush();
    queue.flush();
    queue.flushPassed();

    assertThat(exchange.events()).containsExactly("begin", "flush"); // of the head
  }

  @Test
  void aQuietStreamIsDueIfTheExchangeTakesBytes() {
    gather("abc");
    assertThat(queue.isDue(true)).isTrue();
    assertThat(queue.isDue(false)).isFalse();

    queue.flush();
    gather("de");
    clock.addAndGet(SendQueue.QUIET_NANOS - 1);
    assertThat(queue.isDue(true)).isFalse();
    clock.addAndGet(1);
    assertThat(queue.isDue(true)).isTrue();
  }

  @Test
  void bytesThatMeanNothingEndTheQuietToo() {
    clock.addAndGet(500);
    queue.idle();

    assertThat(queue.quietNanos()).isZero();
    assertThat(exchange.body()).asString().isEqualTo("    ");
  }

  @Test
  void trailersThatAreAFrameLeaveWithWhatIsGathered() {
    gather("abc");

    Headers rest = queue.passOnLast(new Headers().add("a", "b"));

    byte[] both = Hex.bytes("616263 80 00000006 613a20620d0a"); // "abc", then "a: b" and CR LF
    assertThat(exchange.writes()).containsExactly(Base64.getEncoder().encode(both));
    assertThat(rest.isEmpty()).isTrue();
  }

  @Test
  void trailersOfHttpFollowWhatIsGathered() {
    SendQueue natively = new SendQueue(exchange, GrpcFormat.NATIVE, 12, clock::get);
    gather(natively, "abc");
    Headers trailers = new Headers().add("a", "b");

    assertThat(natively.passOnLast(trailers)).isSameAs(trailers);
    assertThat(exchange.writes()).containsExactly("abc".getBytes(US_ASCII));
  }

  @Test
  void theLastFrameFindsRoomBehindOneThatWasForgotten() {
    gather("abc");
    queue.claim(6);
    queue.release();

    queue.passOnLast(new Headers());

    byte[] both = Hex.bytes("616263 80 00000000"); // "abc", then no fields
    assertThat(exchange.writes()).containsExactly(Base64.getEncoder().encode(both));
  }

  private void gather(String frame) {
    gather(queue, frame);
  }

  private static void gather(SendQueue queue, String frame) {
    byte[] bytes = frame.getBytes(US_ASCII);
    byte[] target = queue.claim(bytes.length);
    System.arraycopy(bytes, 0, target, queue.end(), bytes.length);
    queue.commit(bytes.length);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.Patience;
import dev.grpcweb.testing.RecordingExchange;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.Headers;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ResponseWriterTest {
  private static final long SHORT = SendQueue.QUIET_NANOS - 1;

  private final RecordingExchange exchange = new RecordingExchange();
  private final Queue<Runnable> flusher = new ArrayDeque<>();
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may overflow
  private final AtomicInteger ready = new AtomicInteger();
  private ResponseWriter writer = writer(1 << 20, 1000, FullQueue.REFUSES);

  @AfterEach
  void stopTimer() {
    timer.shutdownNow();
  }

  @Test
  void theHeadLeavesWhenItIsFlushed() {
    writer.head(new Headers().add("x-a", "1"));
    assertThat(exchange.events()).containsExactly("begin");

    writer.flush();

    assertThat(exchange.events()).containsExactly("begin", "flush");
    assertThat(exchange.head().headers().toString())
        .isEqualTo("content-type: application/grpc-web+proto\nx-a: 1\n");
  }

  @Test
  void aMessageOnAQuietStreamLeavesAtOnceOnTheSendersThread() {
    begin();

    send("a");

    assertThat(exchange.events()).containsExactly("begin", "flush", "write 6", "flush");
    assertThat(exchange.lastWriter()).isSameAs(Thread.currentThread());
    assertThat(flusher).isEmpty();
  }

  @Test
  void messagesThatFollowCloselyLeaveTogetherWhenTheFlusherRuns() {
    begin();
    send("a");
    clock.addAndGet(SHORT);
    send("b");
    send("c");
    assertThat(sent()).containsExactly("a");
    assertThat(flusher).hasSize(1);

    flusher.remove().run();

    assertThat(sent()).containsExactly("a", "b", "c");
    assertThat(exchange.events()).endsWith("write 6", "flush", "write 12", "flush");
    assertThat(flusher).isEmpty();
  }

  @Test
  void afterTheFlusherHasRunItIsAskedAgain() {
    begin();
    send("a");
    send("b");
    flusher.remove().run();

    send("c");
    assertThat(flusher).hasSize(1);
    flusher.remove().run();

    assertThat(sent()).containsExactly("a", "b", "c");
  }

  @Test
  void aStreamThatHasBecomeQuietSendsAtOnceAgain() {
    begin();
    send("a");
    clock.addAndGet(SendQueue.QUIET_NANOS);

    send("b");

    assertThat(sent()).containsExactly("a", "b");
    assertThat(flusher).isEmpty();
  }

  @Test
  void aFullBurstLeavesInOneWriteWithoutTheFlusher() {
    begin();
    for (int i = 0; i < 2000; i++) {
      send("x".repeat(100));
    }

    List<String> events = exchange.events();
    assertThat(events.subList(events.size() - 4, events.size()))
        .containsExactly("write 32760", "flush", "write 32760", "flush"); // 312 frames of 105
    assertThat(sent()).hasSizeGreaterThan(2000 - 313);
    assertThat(flusher).hasSize(1);
  }

  @Test
  void aFlusherThatRefusesIsReplacedByTheSendersThread() {
    writer =
        new ResponseWriter(
            exchange,
            new GrpcWebFormat(false, false),
            settings(
                1 << 20,
                1000,
                FullQueue.REFUSES,
                task -> {
                  throw new RejectedExecutionException("stopped");
                }),
            ready::incrementAndGet,
            clock::get);
    begin();
    send("a");
    send("b");

    assertThat(sent()).containsExactly("a", "b");
  }

  @Test
  void whatIsGatheredLeavesWhenASlowClientHasReadOn() {
    begin();
    exchange.block();
    send("a");
    send("b");
    send("c");
    assertThat(flusher).isEmpty();

    exchange.unblock();

    assertThat(sent()).containsExactly("a", "b", "c");
  }

  @Test
  void anExchangeThatTakesAllWithinAFlushKeepsNothingBack() {
    begin();
    send("a");
    send("x".repeat(5000)); // more than the first array of a burst holds: two writes, one flush
    send("b");
    flusher.forEach(Runnable::run);

    assertThat(sent()).containsExactly("a", "x".repeat(5000), "b");
  }

  @Test
  void theEndTakesWhatIsGatheredAlongInOneWrite() {
    begin();
    send("a");
    send("b");

    writer.end(Status.OK, new Metadata());

    assertThat(exchange.events()).endsWith("write 27", "end"); // 6 and a trailers frame of 21
    assertThat(sent()).containsExactly("a", "b");
  }

  @Test
  void afterTheEndNothingIsSent() {
    begin();
    writer.end(Status.OK, new Metadata());
    List<String> events = exchange.events();

    send("late");
    writer.end(Status.ABORTED, new Metadata());
    writer.cancel(Status.ABORTED);
    writer.head(new Headers());
    writer.writable();

    assertThat(exchange.events()).isEqualTo(events);
    assertThat(writer.isEnded()).isTrue();
    assertThat(writer.isReady()).isFalse();
  }

  @Test
  void anEndInTheMiddleOfAFrameDropsTheFrame() {
    begin();
    writer.frame(
        0,
        new ByteArrayInputStream(new byte[3]) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            writer.end(Status.ABORTED, new Metadata());
            return super.read(target, offset, length);
          }
        },
        3);
    writer.flush();

    assertThat(sent()).isEmpty();
    assertThat(exchange.events()).endsWith("end");
  }

  @Test
  void aFlushInTheMiddleOfAFrameSendsWhatIsBeforeIt() {
    begin();
    send("a");
    send("b");
    writer.frame(
        0,
        new ByteArrayInputStream(bytes("c")) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            flusher.remove().run();
            assertThat(sent()).containsExactly("a", "b");
            return super.read(target, offset, length);
          }
        },
        1);
    send("d");
    flusher.remove().run();

    assertThat(sent()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void aMessageThatIsNotAsLongAsItSaidLeavesNoTrace() {
    begin();
    assertThatThrownBy(() -> writer.frame(0, new ByteArrayInputStream(bytes("abc")), 5))
        .isInstanceOf(StatusRuntimeException.class);

    send("d");

    assertThat(sent()).containsExactly("d");
  }

  @Test
  void afterAMessageThatFailedTheEndStillTakesWhatIsGatheredAlong() {
    begin();
    send("a");
    send("b");
    assertThatThrownBy(() -> writer.frame(0, new ByteArrayInputStream(bytes("abc")), 5))
        .isInstanceOf(StatusRuntimeException.class);

    writer.end(Status.OK, new Metadata());

    assertThat(exchange.events()).endsWith("write 27", "end"); // 6 and a trailers frame of 21
    assertThat(sent()).containsExactly("a", "b");
  }

  @Test
  void whatIsGatheredMakesRoomIfTheClientTakesIt() {
    writer = writer(10, 1000, FullQueue.BLOCKS);
    begin();
    send("a");
    send("b"); // 6 bytes that wait for the flusher

    send("c");

    assertThat(sent()).containsExactly("a", "b");
    flusher.remove().run();
    assertThat(sent()).containsExactly("a", "b", "c");
  }

  @Test
  void theCallIsReadyBelowTheThreshold() {
    begin();
    exchange.block();

    send("x".repeat(994)); // a frame of 999 bytes
    assertThat(writer.isReady()).isTrue();
    send("");
    assertThat(writer.isReady()).isFalse();

    exchange.unblock();
    assertThat(writer.isReady()).isTrue();
    assertThat(ready).hasValue(1);
  }

  @Test
  void gatheredBytesCountToTheThresholdAndTheCallIsToldWhenTheyHaveLeft() {
    begin();
    send("a");
    send("x".repeat(1000));
    assertThat(writer.isReady()).isFalse();
    assertThat(ready).hasValue(0);

    flusher.remove().run();

    assertThat(writer.isReady()).isTrue();
    assertThat(ready).hasValue(1);
  }

  @Test
  void aMessageBeyondTheThresholdThatLeavesAtOnceIsToldToo() {
    begin();

    send("x".repeat(1000)); // meanwhile others may have seen that the call was not ready

    assertThat(writer.isReady()).isTrue();
    assertThat(ready).hasValue(1);
  }

  @Test
  void whileTheCallIsReadyItIsToldNothing() {
    begin();
    exchange.block();
    send("a");
    exchange.unblock();
    exchange.unblock();

    assertThat(ready).hasValue(0);
  }

  @Test
  void aHigherThresholdMakesTheCallReady() {
    begin();
    exchange.block();
    send("x".repeat(2000));
    assertThat(writer.isReady()).isFalse();

    writer.setOnReadyThreshold(3000);

    assertThat(writer.isReady()).isTrue();
    assertThat(ready).hasValue(1);
  }

  @Test
  void theCallIsReadyWhenTheExchangeHasTakenMoreBeforeItWasAsked() {
    begin();
    exchange.pauseInNextFlush();

    send("x".repeat(2000));

    assertThat(writer.isReady()).isTrue();
    assertThat(ready).hasValue(1);
  }

  @Test
  void aLowerThresholdMakesTheCallWait() {
    begin();
    exchange.block();
    send("x".repeat(500));

    writer.setOnReadyThreshold(100);
    assertThat(writer.isReady()).isFalse();
    exchange.unblock();

    assertThat(writer.isReady()).isTrue();
    assertThat(ready).hasValue(1);
  }

  @Test
  void aCancelledResponseForgetsWhatTheClientHasNotRead() {
    begin();
    exchange.block();
    for (int i = 0; i < 50; i++) {
      send("x".repeat(1000));
    }

    writer.cancel(Status.ABORTED);
    exchange.unblock();

    assertThat(sent()).isEmpty();
    assertThat(exchange.events()).contains("discard").endsWith("end");
  }

  @Test
  void aCancelledResponseKeepsWhatTheClientWillReadAtOnce() {
    begin();
    send("a");
    send("b");

    writer.cancel(Status.ABORTED);

    assertThat(sent()).containsExactly("a", "b");
  }

  @Test
  void bytesThatMeanNothingAreSentOnlyOnAQuietStream() {
    writer = textWriter();
    assertThat(writer.canKeepAlive()).isTrue();
    begin();
    send("a");
    clock.addAndGet(300);

    assertThat(writer.keepAlive(1000)).isEqualTo(700);
    assertThat(exchange.events()).doesNotContain("write 4");
    clock.addAndGet(700);
    assertThat(writer.keepAlive(1000)).isEqualTo(1000);

    assertThat(exchange.events()).endsWith("write 4", "flush");
    assertThat(writer.keepAlive(1000)).isEqualTo(1000);
    assertThat(exchange.body()).asString().endsWith("    ");
    assertThat(CompletableFuture.supplyAsync(writer::isReady))
        .as("another thread gets in")
        .succeedsWithin(Duration.ofSeconds(Patience.SECONDS));
  }

  @Test
  void bytesThatMeanNothingDoNotQueueUpForASlowClient() {
    writer = textWriter();
    begin();
    exchange.block();
    send("a");
    clock.addAndGet(5000);

    assertThat(writer.keepAlive(1000)).isEqualTo(1000);

    assertThat(exchange.events()).doesNotContain("write 4");
  }

  @Test
  void beforeTheHeadAndAfterTheEndNothingIsKeptAlive() {
    writer = textWriter();
    clock.addAndGet(5000);
    writer.keepAlive(1000);
    assertThat(exchange.events()).isEmpty();

    begin();
    writer.end(Status.OK, new Metadata());
    clock.addAndGet(5000);
    writer.keepAlive(1000);

    assertThat(exchange.events()).endsWith("end");
  }

  @Test
  void binaryHasNoBytesThatMeanNothing() {
    assertThat(writer.canKeepAlive()).isFalse();
  }

  @Test
  void aClientThatStopsBetweenTheQuestionAndTheWriteIsWaitedFor() {
    AtomicInteger questions = new AtomicInteger();
    writer =
        new ResponseWriter(
            exchange,
            new GrpcWebFormat(false, false),
            settings(1 << 20, 10, FullQueue.REFUSES, flusher::add),
            ready::incrementAndGet,
            () -> {
              if (questions.decrementAndGet() == 0) {
                exchange.block();
              }
              return clock.addAndGet(SendQueue.QUIET_NANOS);
            });
    begin();
    // The first time for the frame's array, the second after the exchange has said it is writable.
    questions.set(2);
    send("0123456789");
    assertThat(writer.isReady()).isFalse();

    exchange.unblock();

    assertThat(sent()).containsExactly("0123456789");
    assertThat(ready).hasValue(1);
  }

  private void begin() {
    exchange.connect(new ToWriter());
    writer.head(new Headers());
    writer.flush();
  }

  private void send(String message) {
    writer.frame(0, new ByteArrayInputStream(bytes(message)), bytes(message).length);
    writer.flush();
  }

  private List<String> sent() {
    return Frames.parse(exchange.body()).stream()
        .filter(frame -> frame.flags() == 0)
        .map(Frames.Frame::text)
        .toList();
  }

  private ResponseWriter writer(long maxQueuedBytes, int threshold, FullQueue fullQueue) {
    return new ResponseWriter(
        exchange,
        new GrpcWebFormat(false, false),
        settings(maxQueuedBytes, threshold, fullQueue, flusher::add),
        ready::incrementAndGet,
        clock::get);
  }

  private ResponseWriter textWriter() {
    return new ResponseWriter(
        exchange,
        new GrpcWebFormat(true, true),
        settings(1 << 20, 1000, FullQueue.REFUSES, flusher::add),
        ready::incrementAndGet,
        clock::get);
  }

  private WireSettings settings(
      long maxQueuedBytes,
      int threshold,
      FullQueue fullQueue,
      java.util.concurrent.Executor flushes) {
    return new WireSettings(
        new Limits(1 << 20, 8192, maxQueuedBytes, threshold),
        fullQueue,
        new MessageCompression(DecompressorRegistry.getDefaultInstance()),
        false,
        TimeUnit.SECONDS.toNanos(1),
        flushes,
        timer);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What the stream does with the exchange's events, as far as they concern the writer. */
  private final class ToWriter implements ExchangeInput {
    @Override
    public void opened() {}

    @Override
    public void received(byte[] chunk, int offset, int length) {}

    @Override
    public void receivedEnd() {}

    @Override
    public void writable() {
      writer.writable();
    }

    @Override
    public void completed() {}

    @Override
    public void disconnected(Throwable cause) {
      writer.stop();
    }
  }
}

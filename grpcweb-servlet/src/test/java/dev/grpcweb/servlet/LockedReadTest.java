// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One thread reads the end of a chunked request in Tomcat, while a thread of Tomcat holds the lock
 * that this takes, and calls. In a deadlock the read gives up after a while, and the test fails.
 */
final class LockedReadTest {
  private static final byte[] HELLO = {1, 2, 3};

  private final LockedContainer container = new LockedContainer();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final RecordingInput core =
      new RecordingInput() {
        @Override
        public void receivedEnd() {
          super.receivedEnd();
          ended.countDown();
        }
      };
  private ServletExchange exchange;

  @BeforeEach
  void start() throws IOException {
    exchange = container.exchange();
    exchange.start(core);
    container.callWritePossible();
    container.callDataAvailable();
  }

  private static Stream<Named<Consumer<LockedContainer>>> listenerCalls() {
    return Stream.of(
        Named.of("WriteListener.onWritePossible", LockedContainer::callWritePossible),
        Named.of("WriteListener.onError", LockedContainer::callWriteError),
        Named.of("ReadListener.onDataAvailable", LockedContainer::callDataAvailable),
        Named.of("ReadListener.onAllDataRead", LockedContainer::callAllDataRead),
        Named.of("ReadListener.onError", LockedContainer::callReadError),
        Named.of("AsyncListener.onComplete", LockedContainer::callComplete),
        Named.of("AsyncListener.onTimeout", LockedContainer::callTimeout),
        Named.of("AsyncListener.onError", LockedContainer::callError));
  }

  @ParameterizedTest
  @MethodSource("listenerCalls")
  void noListenerWaitsForAReadThatWaitsForItsCaller(Consumer<LockedContainer> call)
      throws InterruptedException {
    duringTheRead(() -> call.accept(container));

    assertThat(container.deadlocks()).isZero();
  }

  private static Stream<Named<Consumer<ServletExchange>>> exchangeCalls() {
    return Stream.of(
        Named.of("begin", LockedReadTest::begin),
        Named.of("write", e -> e.write(HELLO, 0, HELLO.length)),
        Named.of("flush", ServletExchange::flush),
        Named.of("end", e -> e.end(new Headers())),
        Named.of("abort", ServletExchange::abort),
        Named.of("discardQueued", ServletExchange::discardQueued),
        Named.of("isWritable", ServletExchange::isWritable),
        Named.of("queuedBytes", ServletExchange::queuedBytes),
        Named.of("resumeReading", ServletExchange::resumeReading));
  }

  /** A service on the direct executor makes such calls. */
  @ParameterizedTest
  @MethodSource("exchangeCalls")
  void noCallOfTheCoreWaitsForAReadThatWaitsForItsCaller(Consumer<ServletExchange> call)
      throws InterruptedException {
    duringTheRead(() -> call.accept(exchange));

    assertThat(container.deadlocks()).isZero();
  }

  @Test
  void nothingIsReadUnderALockOfWhoEndsTheResponse() throws InterruptedException {
    Object own = new Object();
    CountDownLatch owned = new CountDownLatch(1);
    Thread service =
        new Thread(
            () -> {
              synchronized (own) {
                owned.countDown();
                begin(exchange);
                exchange.end(new Headers());
              }
            });
    container.locked(
        () -> {
          service.start();
          LockedContainer.await(owned);
          synchronized (own) {
            container.callWritePossible();
          }
        });
    service.join();
    container.awaitCompletion();

    assertThat(container.deadlocks()).isZero();
  }

  @Test
  void theEndIsToldOnceThoughListenersWereCalledDuringTheRead() throws InterruptedException {
    duringTheRead(
        () -> {
          container.callAllDataRead();
          container.callWritePossible();
        });
    LockedContainer.await(ended);
    container.callAllDataRead();

    assertThat(core.events()).containsOnlyOnce("end");
  }

  @Test
  void whatIsWrittenDuringAReadLeavesAfterIt() throws InterruptedException {
    duringTheRead(
        () -> {
          begin(exchange);
          exchange.write(HELLO, 0, HELLO.length);
          exchange.flush();
          assertThat(container.written()).as("while the request is read").isEmpty();
          assertThat(exchange.isWritable()).isFalse();
          assertThat(exchange.queuedBytes()).isEqualTo(HELLO.length);
        });
    LockedContainer.await(ended);

    assertThat(container.written()).isEqualTo(HELLO);
    assertThat(exchange.isWritable()).isTrue();
  }

  @Test
  void aResponseThatEndsDuringAReadIsCompletedAfterIt() throws InterruptedException {
    duringTheRead(
        () -> {
          begin(exchange);
          exchange.end(new Headers());
          assertThat(container.isCompleted()).as("while the request is read").isFalse();
        });
    container.awaitCompletion();
  }

  @Test
  void aResponseThatIsBrokenOffDuringAReadIsCompletedAfterIt() throws InterruptedException {
    duringTheRead(
        () -> {
          exchange.abort();
          assertThat(container.isCompleted()).as("while the request is read").isFalse();
        });
    container.awaitCompletion();
  }

  /** Tomcat takes notice only where its own thread has read. */
  @Test
  void aRequestThatCannotBeReadIsCompleted() {
    container.breakRequest();
    exchange.resumeReading();
    container.awaitCompletion();

    assertThat(core.events()).doesNotContain("end");
  }

  /** Has the container call while another thread is inside the read. */
  private void duringTheRead(Runnable call) throws InterruptedException {
    Thread service = new Thread(exchange::resumeReading);
    container.locked(
        () -> {
          service.start();
          container.awaitRead();
          call.run();
        });
    service.join();
    container.awaitReadReturned();
  }

  private static void begin(ServletExchange exchange) {
    exchange.begin(new ResponseHead(200, new Headers().add("content-type", "application/grpc")));
  }
}

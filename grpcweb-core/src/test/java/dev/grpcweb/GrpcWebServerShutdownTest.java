// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.GrpcWebClientFormat;
import dev.grpcweb.testing.LogCapture;
import dev.grpcweb.testing.Patience;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GrpcWebServerShutdownTest {
  private final Set<Thread> before = Thread.getAllStackTraces().keySet();
  private final CallBench bench = new CallBench(GrpcWebClientFormat.BINARY);
  private final RecordingHandler handler = bench.record(MethodType.BIDI_STREAMING);

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    bench.close();
  }

  @Test
  void aServerIsReadyWhenItWasBuiltAndHasNoPort() {
    GrpcWebServer server = bench.server();

    assertThat(server.start()).isSameAs(server);
    assertThat(server.getPort()).isEqualTo(-1);
    assertThat(server.isShutdown()).isFalse();
    assertThat(server.isTerminated()).isFalse();
  }

  @Test
  void aServerWithoutCallsTerminatesAtOnce() {
    assertThat(bench.server().shutdown().isTerminated()).isTrue();
    assertThat(bench.server().shutdownNow().isTerminated()).isTrue();
  }

  @Test
  void aShutDownServerRefusesNewCalls() throws Exception {
    bench.server().shutdown();

    assertThat(bench.open().await().status()).isEqualTo("UNAVAILABLE: Server is shutting down");
    assertThat(handler.calls()).isZero();
  }

  @Test
  void aShutDownServerLetsItsCallsFinish() throws Exception {
    ClientCall call = bench.open();
    RecordedCall service = handler.awaitCall();

    bench.server().shutdown();
    assertThat(bench.server().isShutdown()).isTrue();
    assertThat(bench.server().awaitTermination(20, TimeUnit.MILLISECONDS)).isFalse();
    service.call().sendHeaders(new Metadata());
    service.call().sendMessage("still here");
    service.call().close(Status.OK, new Metadata());

    assertThat(call.await().messages()).containsExactly("still here");
    assertThat(bench.server().awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    bench.server().awaitTermination();
    assertThat(bench.server().openCalls()).isZero();
  }

  @Test
  void shutdownNowCancelsTheCalls() throws Exception {
    ClientCall call = bench.open();
    RecordedCall service = handler.awaitCall();

    bench.server().shutdownNow();

    assertThat(call.await().status()).isEqualTo("UNAVAILABLE: Server shutdownNow invoked");
    service.await("cancel");
    assertThat(service.context().isCancelled()).isTrue();
    assertThat(bench.server().awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shutdownNowCutsOffAClientThatDoesNotRead() throws Exception {
    ClientCall call = bench.open();
    call.exchange().block();
    RecordedCall service = handler.awaitCall();

    bench.server().shutdownNow();

    service.await("cancel");
    assertThat(call.exchange().isAborted()).isFalse();
    assertThat(bench.server().awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(call.exchange().isAborted()).isTrue();
  }

  @Test
  void shutdownNowCutsOffAClientThatDoesNotReadAnAnswer() throws Exception {
    ClientCall call = bench.open();
    call.exchange().block();
    RecordedCall service = handler.awaitCall();
    service.call().close(Status.OK, new Metadata());

    bench.server().shutdownNow();

    assertThat(bench.server().awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(call.exchange().isAborted()).isTrue();
    assertThat(service.events()).contains("cancel").doesNotContain("complete");
  }

  @Test
  void aServerHasNotTerminatedBeforeTheLastCallbackHasReturned() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    handler.on("complete", service -> uninterruptibly(busy));
    ClientCall call = bench.open();
    RecordedCall service = handler.awaitCall();
    service.call().close(Status.OK, new Metadata());
    call.await();
    service.await("complete");

    bench.server().shutdown();
    assertThat(bench.server().awaitTermination(20, TimeUnit.MILLISECONDS)).isFalse();
    busy.countDown();

    assertThat(bench.server().awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aServerHasNotTerminatedBeforeTheLastAnswerHasLeft() throws Exception {
    ClientCall call = bench.open();
    call.exchange().block();
    handler.awaitCall().call().close(Status.OK, new Metadata());

    bench.server().shutdown();
    assertThat(bench.server().awaitTermination(20, TimeUnit.MILLISECONDS)).isFalse();
    call.exchange().unblock();

    assertThat(bench.server().awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void theThreadsOfATerminatedServerEnd() throws Exception {
    ClientCall call = bench.open("grpc-timeout", "1H");
    handler.awaitCall().await("ready");
    assertThat(ownThreads()).isNotEmpty();

    bench.server().shutdownNow();

    call.await();
    await().until(() -> ownThreads().isEmpty());
  }

  @Test
  void whatAServiceDoesAfterTheTerminationIsIgnored() throws Exception {
    ClientCall call = bench.open();
    RecordedCall service = handler.awaitCall();
    bench.server().shutdownNow();
    call.await();
    assertThat(bench.server().awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();

    try (LogCapture log = new LogCapture()) {
      service.call().request(1);
      service.call().sendHeaders(new Metadata());
      service.call().sendMessage("late");
      service.call().close(Status.OK, new Metadata());
      assertThat(log.messages()).isEmpty();
    }
  }

  private List<String> ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .filter(name -> name.startsWith("grpcweb-"))
        .collect(Collectors.toList());
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

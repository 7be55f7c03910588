// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import io.grpc.stub.ServerCalls;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a service's code runs. */
final class GrpcWebServerExecutorTest {
  private final LogCapture log = new LogCapture();
  private final CallBench bench = new CallBench(GrpcWebClientFormat.BINARY);
  private final List<String> threads = new CopyOnWriteArrayList<>();

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    try {
      bench.close();
    } finally {
      log.close();
    }
  }

  @Test
  void byDefaultCallsRunOnDaemonThreadsOfTheServer() throws Exception {
    completeACall();

    assertThat(threads).hasSize(4).allMatch(name -> name.startsWith("daemon grpcweb-"));
  }

  @Test
  void anExecutorOfTheUsersRunsEverything() throws Exception {
    ExecutorService users =
        Executors.newSingleThreadExecutor(task -> new Thread(task, "users-thread"));
    try {
      bench.builder().executor(users);
      completeACall();

      assertThat(threads).hasSize(4).allMatch("users-thread"::equals);
    } finally {
      users.shutdown();
    }
  }

  /** JDK 21 brought them; before there is the pool of the server. */
  @Test
  void virtualThreadsRunEverythingWhereTheJdkHasThem() throws Exception {
    ExecutorService users = virtualThreads();
    if (users != null) {
      bench.builder().executor(users);
    }
    try {
      completeACall();
    } finally {
      if (users != null) {
        users.shutdown();
      }
    }

    String expected = users == null ? "daemon grpcweb-" : "daemon virtual ";
    assertThat(threads).hasSize(4).allMatch(name -> name.startsWith(expected));
    assertThat(users == null).isEqualTo(Runtime.version().feature() < 21);
  }

  /** Returns null on a JDK that has none. */
  private static @Nullable ExecutorService virtualThreads() throws ReflectiveOperationException {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException olderJdk) {
      return null;
    }
  }

  @Test
  void theServerDoesNotShutDownAnExecutorOfTheUsers() throws Exception {
    ExecutorService users = Executors.newSingleThreadExecutor();
    try {
      bench.builder().executor(users);
      completeACall();
      bench.server().shutdownNow().awaitTermination();

      assertThat(users.isShutdown()).isFalse();
    } finally {
      users.shutdown();
    }
  }

  @Test
  void onADirectExecutorCallsRunWhereTheEventComes() throws Exception {
    bench.builder().directExecutor();
    completeACall();

    assertThat(threads).hasSize(4).allMatch(Thread.currentThread().getName()::equals);
  }

  @Test
  void onADirectExecutorCallbacksDoNotNest() throws Exception {
    bench.builder().directExecutor();
    RecordingHandler handler =
        bench
            .record(MethodType.BIDI_STREAMING)
            .on("start", service -> service.call().request(1))
            .on("message", service -> service.call().request(1));
    ClientCall call = bench.open();
    for (int i = 0; i < 1000; i++) {
      call.offer("a" + i);
    }
    call.exchange().offerEnd();

    RecordedCall service = handler.awaitCall();
    assertThat(service.events()).hasSize(1002).noneMatch(event -> event.contains("CONCURRENT"));
  }

  @Test
  void anErrorOnADirectExecutorEndsTheCallAndNotTheContainersThread() throws Exception {
    AssertionError thrown = new AssertionError("thrown by a service");
    bench.builder().directExecutor();
    RecordingHandler handler =
        bench
            .record(MethodType.BIDI_STREAMING)
            .on(
                "ready",
                service -> {
                  throw thrown;
                });

    ClientCall call = bench.open();

    assertThat(call.await().status()).isEqualTo("UNKNOWN: Application error processing RPC");
    assertThat(handler.awaitCall().events()).containsExactly("ready", "cancel");
    assertThat(log.of(thrown)).hasSize(1);
  }

  @Test
  void stubsWorkOnADirectExecutor() throws Exception {
    bench.builder().directExecutor();
    bench.serve(
        MethodType.UNARY,
        ServerCalls.asyncUnaryCall(
            (request, responses) -> {
              responses.onNext(request);
              responses.onCompleted();
            }));

    assertThat(bench.open().unary("abc").messages()).containsExactly("abc");
  }

  @Test
  void anExecutorThatRefusesMakesTheCallUnavailable() throws Exception {
    bench
        .builder()
        .executor(
            task -> {
              throw new RejectedExecutionException("full");
            });
    RecordingHandler handler = bench.record(MethodType.UNARY);

    assertThat(bench.open().unary("abc").status())
        .isEqualTo("UNAVAILABLE: The server's executor takes no more work");
    await().until(() -> bench.server().openCalls() == 0);
    assertThat(handler.calls()).isZero();
  }

  @Test
  void anExecutorThatRefusesLaterStillLetsTheServiceHearTheEnd() throws Exception {
    ExecutorService users = Executors.newSingleThreadExecutor();
    bench.builder().executor(users);
    RecordingHandler handler =
        bench.record(MethodType.BIDI_STREAMING).on("start", service -> service.call().request(1));
    ClientCall call = bench.open();
    RecordedCall service = handler.awaitCall().await("ready");
    users.shutdown();
    assertThat(users.awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();

    call.send("abc");

    assertThat(call.await().code()).isEqualTo(Status.Code.UNAVAILABLE);
    service.await("cancel");
    assertThat(service.context().isCancelled()).isTrue();
    assertThat(service.events()).containsExactly("ready", "cancel");
    await().until(() -> bench.server().openCalls() == 0);
  }

  @Test
  void anExecutorThatRefusesNowAndThenLeaksNothing() throws Exception {
    ExecutorService users = Executors.newCachedThreadPool();
    AtomicInteger turns = new AtomicInteger();
    bench
        .builder()
        .executor(
            task -> {
              if (turns.incrementAndGet() % 3 == 0) {
                throw new RejectedExecutionException("full");
              }
              users.execute(task);
            });
    bench
        .record(MethodType.BIDI_STREAMING)
        .on("start", service -> service.call().request(10))
        .on("halfClose", service -> service.call().close(Status.OK, new Metadata()));
    try {
      for (int i = 0; i < 200; i++) {
        ClientCall call = bench.open();
        call.send("a", "b", "c").halfClose();
        call.await();
      }

      await().until(() -> bench.server().openCalls() == 0);
    } finally {
      users.shutdown();
    }
  }

  @Test
  void sendersCannotBlockOnADirectExecutor() {
    assertThatThrownBy(
            () -> GrpcWebServer.builder().directExecutor().blockWhenQueueFull(true).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(
            "blockWhenQueueFull needs an executor with threads of its own, got ");
    assertThatThrownBy(
            () -> GrpcWebServer.builder().executor(Runnable::run).blockWhenQueueFull(true).build())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void sendersMayBlockOnAnyOtherExecutor() {
    ExecutorService users = Executors.newSingleThreadExecutor();
    GrpcWebServer.builder().executor(users).blockWhenQueueFull(true).build().shutdownNow();
    users.shutdown();
    GrpcWebServer.builder().executor(users).blockWhenQueueFull(true).build().shutdownNow();
    GrpcWebServer.builder().blockWhenQueueFull(true).build().shutdownNow();
    GrpcWebServer.builder()
        .directExecutor()
        .blockWhenQueueFull(true)
        .blockWhenQueueFull(false)
        .build()
        .shutdownNow();
  }

  /** Makes a call and notes the thread of its start, its message, its half-close and its end. */
  private void completeACall() throws InterruptedException {
    RecordingHandler handler =
        bench
            .record(MethodType.CLIENT_STREAMING)
            .on(
                "start",
                service -> {
                  note();
                  service.call().request(1);
                })
            .on("message", service -> note())
            .on(
                "halfClose",
                service -> {
                  note();
                  service.call().close(Status.ABORTED, new Metadata());
                })
            .on("complete", service -> note());
    bench.open().unary("abc");
    handler.awaitCall().await("complete");
    await().until(() -> threads.size() == 4);
  }

  private void note() {
    Thread thread = Thread.currentThread();
    // Its text begins so; to ask it would take a newer JDK.
    boolean virtual = thread.toString().startsWith("VirtualThread[");
    threads.add(
        (thread.isDaemon() ? "daemon " : "") + (virtual ? "virtual " : "") + thread.getName());
  }
}

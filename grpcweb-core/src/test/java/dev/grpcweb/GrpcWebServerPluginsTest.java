// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.testing.ByteLog;
import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.GrpcWebClientFormat;
import dev.grpcweb.testing.LogCapture;
import dev.grpcweb.testing.Patience;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Texts;
import dev.grpcweb.testing.TracerLog;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MetricInstrument;
import io.grpc.MetricSink;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What users plug in to watch calls, or to place them. */
final class GrpcWebServerPluginsTest {
  private static final Attributes.Key<String> TENANT = Attributes.Key.create("tenant");

  private final LogCapture log = new LogCapture();
  private final CallBench bench = new CallBench(GrpcWebClientFormat.BINARY);
  private final List<String> trace = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    try {
      bench.close();
    } finally {
      log.close();
    }
  }

  @Test
  void aTransportIsReadyBeforeACallAndTerminatedWhenNothingOfItIsLeft() throws Exception {
    TracerLog tracers = new TracerLog();
    bench
        .builder()
        .addTransportFilter(new Tenants(trace))
        .addStreamTracerFactory(tracers)
        .intercept(noting(call -> "call of " + call.getAttributes().get(TENANT)));
    RecordingHandler handler = bench.record(MethodType.UNARY);
    bench.open();
    RecordedCall service = handler.awaitCall().await("ready");
    assertThat(trace).containsExactly("ready", "call of ada");

    bench.lastExchange().disconnect();
    service.await("cancel");

    await().untilAsserted(() -> assertThat(trace).endsWith("terminated ada"));
    await().until(() -> bench.server().openCalls() == 0);
    assertThat(trace).containsExactly("ready", "call of ada", "terminated ada");
  }

  @Test
  void eachCallHasATransportOfItsOwn() throws Exception {
    bench.builder().addTransportFilter(new Tenants(trace));
    bench
        .record(MethodType.UNARY)
        .on("start", service -> service.call().close(Status.ABORTED, new Metadata()));

    bench.open().await();
    bench.open().await();

    await().untilAsserted(() -> assertThat(trace).hasSize(4));
    assertThat(trace)
        .containsExactlyInAnyOrder("ready", "ready", "terminated ada", "terminated ada");
  }

  @Test
  void aTransportFilterThatThrowsAStatusRefusesTheCall() throws Exception {
    bench
        .builder()
        .addTransportFilter(
            new ServerTransportFilter() {
              @Override
              public Attributes transportReady(Attributes attributes) {
                throw Status.PERMISSION_DENIED
                    .withDescription("not from there")
                    .asRuntimeException();
              }
            });
    RecordingHandler handler = bench.record(MethodType.UNARY);

    assertThat(bench.open().unary("abc").status()).isEqualTo("PERMISSION_DENIED: not from there");
    assertThat(handler.calls()).isZero();
  }

  @Test
  void aCallRunsOnTheExecutorThatIsChosenForItsMethodAndHeaders() throws Exception {
    ExecutorService chosen = Executors.newSingleThreadExecutor(task -> new Thread(task, "chosen"));
    try {
      bench
          .builder()
          .intercept(noting(call -> "interceptor on " + Thread.currentThread().getName()))
          .callExecutor(
              supplier(
                  (call, headers) -> {
                    trace.add(
                        "asked for "
                            + call.getMethodDescriptor().getFullMethodName()
                            + " on "
                            + Thread.currentThread().getName().replaceAll("\\d+", "N")
                            + " in its context "
                            + (Context.current() != Context.ROOT));
                    return chosen;
                  }));
      RecordingHandler handler =
          bench
              .record(MethodType.UNARY)
              .on("start", service -> service.call().request(1))
              .on("ready", service -> note("ready"))
              .on("message", service -> note("message"))
              .on(
                  "halfClose",
                  service -> {
                    note("halfClose");
                    service.call().close(Status.ABORTED, new Metadata());
                  })
              .on("complete", service -> note("complete"));

      bench.open().unary("abc");
      handler.awaitCall().await("complete");
      await().until(() -> trace.contains("complete on chosen"));

      assertThat(trace)
          .containsExactly(
              "asked for test.Texts/Method on grpcweb-N-worker-N in its context true",
              "interceptor on chosen",
              "ready on chosen",
              "message on chosen",
              "halfClose on chosen",
              "complete on chosen");
    } finally {
      chosen.shutdown();
    }
  }

  @Test
  void aCallForWhichNoExecutorIsChosenStaysWhereItIs() throws Exception {
    bench.builder().callExecutor(supplier((call, headers) -> null));
    RecordingHandler handler =
        bench
            .record(MethodType.UNARY)
            .on("start", service -> note("start"))
            .on("ready", service -> note("ready"));

    bench.open();
    handler.awaitCall().await("ready");

    await().until(() -> trace.size() == 2);
    assertThat(trace).allMatch(event -> event.contains(" on grpcweb-"));
  }

  @Test
  void aChosenExecutorThatRefusesMakesTheCallUnavailable() throws Exception {
    bench
        .builder()
        .callExecutor(
            supplier(
                (call, headers) ->
                    task -> {
                      throw new RejectedExecutionException("full");
                    }));
    RecordingHandler handler = bench.record(MethodType.UNARY);

    assertThat(bench.open().unary("abc").status())
        .isEqualTo("UNAVAILABLE: The server's executor takes no more work");
    await().until(() -> bench.server().openCalls() == 0);
    assertThat(handler.calls()).isZero();
  }

  @Test
  void aStatusThatTheChoiceOfAnExecutorThrowsIsTheCalls() throws Exception {
    bench
        .builder()
        .callExecutor(
            supplier(
                (call, headers) -> {
                  throw Status.RESOURCE_EXHAUSTED.withDescription("busy").asRuntimeException();
                }));
    RecordingHandler handler = bench.record(MethodType.UNARY);

    assertThat(bench.open().unary("abc").status()).isEqualTo("RESOURCE_EXHAUSTED: busy");
    assertThat(handler.calls()).isZero();
  }

  @Test
  void aBinaryLogSeesBytesOutsideTheInterceptorsAndTracersTheMethodAsItIs() throws Exception {
    List<Class<?>> requestTypes = Collections.synchronizedList(new ArrayList<>());
    bench
        .builder()
        .setBinaryLog(new ByteLog(trace))
        .intercept(
            noting(
                call -> {
                  requestTypes.add(
                      call.getMethodDescriptor()
                          .parseRequest(InputStream.nullInputStream())
                          .getClass());
                  return "interceptor";
                }));
    RecordingHandler handler = echo(bench.record(MethodType.UNARY));

    assertThat(bench.open().unary("abc").messages()).containsExactly("abc");

    handler.awaitCall().await("complete");
    assertThat(trace)
        .containsExactly("log", "interceptor", "request of 3 bytes", "response of 3 bytes");
    assertThat(requestTypes).containsExactly(String.class);
  }

  @Test
  void aBinaryLogSeesMethodsOfTheFallbackRegistry() throws Exception {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(Texts.SERVICE)
            .addMethod(Texts.method("Method", MethodType.UNARY), echo(new RecordingHandler()))
            .build();
    bench
        .builder()
        .setBinaryLog(new ByteLog(trace))
        .fallbackHandlerRegistry(
            new HandlerRegistry() {
              @Override
              public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
                  String name, @Nullable String authority) {
                return service.getMethod(name);
              }
            });

    assertThat(bench.open().unary("abc").messages()).containsExactly("abc");
    assertThat(trace).containsExactly("log", "request of 3 bytes", "response of 3 bytes");
  }

  @Test
  void tracersSeeAMethodOfTheFallbackRegistryWhenItIsFound() throws Exception {
    TracerLog tracers = new TracerLog();
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(Texts.SERVICE)
            .addMethod(Texts.method("Method", MethodType.UNARY), echo(new RecordingHandler()))
            .build();
    bench
        .builder()
        .addStreamTracerFactory(tracers)
        .fallbackHandlerRegistry(
            new HandlerRegistry() {
              @Override
              public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
                  String name, @Nullable String authority) {
                trace.add("looked up after " + tracers.events());
                return service.getMethod(name);
              }
            });

    bench.open().unary("abc");

    assertThat(trace).containsExactly("looked up after [new test.Texts/Method, filterContext]");
    assertThat(tracers.awaitClosed())
        .containsSubsequence(
            "filterContext",
            "started test.Texts/Method at example.org:8080 in the context of test.Texts/Method",
            "inbound 0",
            "closed OK");
  }

  @Test
  void aMetricSinkIsAcceptedAndNothingIsRecordedToIt() {
    assertThat(bench.builder().addMetricSink(new NoSink())).isSameAs(bench.builder());
    assertThatThrownBy(() -> bench.builder().addMetricSink(missing()))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void whatIsPluggedInIsNeverNull() {
    GrpcWebServer.Builder builder = GrpcWebServer.builder();

    assertThatThrownBy(() -> builder.addTransportFilter(missing()))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> builder.addStreamTracerFactory(missing()))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> builder.callExecutor(missing()))
        .isInstanceOf(NullPointerException.class);
    assertThat(builder.setBinaryLog(null)).isSameAs(builder);
  }

  @Test
  void eventsOfAnyThreadReachTheListenerOneByOneAndInItsContext() throws Exception {
    RecordingHandler handler = bench.record(MethodType.BIDI_STREAMING);
    bench.open();
    RecordedCall service = handler.awaitCall().await("ready");
    int threads = 4;
    int events = 500;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch start = new CountDownLatch(threads);
      for (int t = 0; t < threads; t++) {
        int thread = t;
        pool.execute(
            () -> {
              start.countDown();
              awaitQuietly(start);
              for (int i = 0; i < events; i++) {
                service.call().triggerEvent(thread + "/" + i);
              }
            });
      }
      for (int t = 0; t < threads; t++) {
        service.await("event:" + t + "/" + (events - 1));
      }
    } finally {
      pool.shutdownNow();
    }

    assertThat(service.events()).hasSize(1 + threads * events);
    for (int t = 0; t < threads; t++) {
      String own = "event:" + t + "/";
      assertThat(service.events().stream().filter(event -> event.startsWith(own)))
          .isSortedAccordingTo(
              (a, b) ->
                  Integer.compare(
                      Integer.parseInt(a.substring(own.length())),
                      Integer.parseInt(b.substring(own.length()))));
    }
  }

  private void note(String event) {
    trace.add(event + " on " + Thread.currentThread().getName());
  }

  private static RecordingHandler echo(RecordingHandler handler) {
    return handler
        .on("start", service -> service.call().request(1))
        .on(
            "message",
            service -> {
              service.call().sendHeaders(new Metadata());
              service.call().sendMessage("abc");
              service.call().close(Status.OK, new Metadata());
            });
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      if (!latch.await(Patience.SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the others did not start");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ServerInterceptor noting(CallNote note) {
    return new ServerInterceptor() {
      @Override
      public <Q, R> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        trace.add(note.of(call));
        return next.startCall(call, headers);
      }
    };
  }

  /** What is noted of a call. */
  private interface CallNote {
    String of(ServerCall<?, ?> call);
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // The null is what is tested.
  private static <T> T missing() {
    return null;
  }

  private static ServerCallExecutorSupplier supplier(
      BiFunction<ServerCall<?, ?>, Metadata, @Nullable Executor> choice) {
    return new ServerCallExecutorSupplier() {
      @Override
      public <Q, R> @Nullable Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
        return choice.apply(call, headers);
      }
    };
  }

  /** Gives every transport a tenant. */
  private static final class Tenants extends ServerTransportFilter {
    private final List<String> trace;

    Tenants(List<String> trace) {
      this.trace = trace;
    }

    @Override
    public Attributes transportReady(Attributes attributes) {
      trace.add("ready");
      return attributes.toBuilder().set(TENANT, "ada").build();
    }

    @Override
    public void transportTerminated(Attributes attributes) {
      trace.add("terminated " + attributes.get(TENANT));
    }
  }

  private static final class NoSink implements MetricSink {
    @Override
    public Map<String, Boolean> getEnabledMetrics() {
      return Map.of();
    }

    @Override
    public Set<String> getOptionalLabels() {
      return Set.of();
    }

    @Override
    public int getMeasuresSize() {
      return 0;
    }

    @Override
    public void updateMeasures(List<MetricInstrument> instruments) {}
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.GrpcWebClientFormat;
import dev.grpcweb.testing.LogCapture;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingExchange;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import dev.grpcweb.testing.Texts;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.HandlerRegistry;
import io.grpc.InternalServer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.File;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a service sees of its call, and what stands between the two. */
final class GrpcWebServerCallTest {
  private static final Metadata.Key<String> TAG =
      Metadata.Key.of("x-tag", Metadata.ASCII_STRING_MARSHALLER);

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
  void theServiceSeesAuthorityMethodAttributesAndSecurity() throws Exception {
    SocketAddress peer = InetSocketAddress.createUnresolved("192.0.2.1", 1234);
    Attributes attributes =
        Attributes.newBuilder().set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, peer).build();
    RecordingHandler handler = bench.record(MethodType.UNARY);
    RequestHead plain = bench.head("test.Texts/Method");

    bench.call(new RequestHead("test.Texts/Method", plain.headers(), "a:1", true, attributes));
    ServerCall<String, String> call = handler.awaitCall().call();

    assertThat(call.getAuthority()).isEqualTo("a:1");
    assertThat(call.getMethodDescriptor().getFullMethodName()).isEqualTo("test.Texts/Method");
    assertThat(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).isSameAs(peer);
    assertThat(call.getSecurityLevel()).isEqualTo(SecurityLevel.PRIVACY_AND_INTEGRITY);
  }

  @Test
  void aPlainConnectionIsNotSecure() throws Exception {
    RecordingHandler handler = bench.record(MethodType.UNARY);
    bench.open();

    assertThat(handler.awaitCall().call().getSecurityLevel()).isEqualTo(SecurityLevel.NONE);
  }

  @Test
  void theContextNamesTheServerAndInheritsNothingOfTheContainersThread() throws Exception {
    Context.Key<String> foreign = Context.key("foreign");
    RecordingHandler handler = bench.record(MethodType.UNARY);

    Context.current().withValue(foreign, "of the container").run(bench::open);
    Context context = handler.awaitCall().context();

    assertThat(InternalServer.SERVER_CONTEXT_KEY.get(context)).isSameAs(bench.server());
    assertThat(foreign.get(context)).isNull();
  }

  @Test
  void theInterceptorAddedLastSeesACallFirst() throws Exception {
    bench.builder().intercept(tracing("a")).intercept(tracing("b"));
    RecordingHandler handler =
        bench.record(MethodType.UNARY).on("start", service -> trace.add("service"));
    bench.open();
    handler.awaitCall();

    assertThat(trace).containsExactly("b", "a", "service");
  }

  @Test
  void anInterceptorMayCloseTheCallEarly() throws Exception {
    bench.builder().intercept(refusing(Status.PERMISSION_DENIED.withDescription("no")));
    RecordingHandler handler = bench.record(MethodType.UNARY);

    assertThat(bench.open().unary("abc").status()).isEqualTo("PERMISSION_DENIED: no");
    assertThat(handler.calls()).isZero();
  }

  @Test
  void anInterceptorMayChangeMetadataInBothDirections() throws Exception {
    bench.builder().intercept(new Tagging());
    RecordingHandler handler =
        bench
            .record(MethodType.UNARY)
            .on("start", service -> service.call().request(1))
            .on(
                "halfClose",
                service -> {
                  service.call().sendHeaders(new Metadata());
                  service.call().sendMessage("");
                  service.call().close(Status.OK, new Metadata());
                });

    Reply reply = bench.open().unary("");

    assertThat(handler.awaitCall().headers().get(TAG)).isEqualTo("request");
    assertThat(reply.headers().get("x-tag")).isEqualTo("headers");
    assertThat(reply.trailers().get("x-tag")).isEqualTo("trailers");
  }

  @Test
  void anInterceptorMayRunTheCallInAContextOfItsOwn() throws Exception {
    Context.Key<String> user = Context.key("user");
    bench
        .builder()
        .intercept(
            new ServerInterceptor() {
              @Override
              public <Q, R> ServerCall.Listener<Q> interceptCall(
                  ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                Context context = Context.current().withValue(user, "ada");
                return Contexts.interceptCall(context, call, headers, next);
              }
            });
    RecordingHandler handler = bench.record(MethodType.UNARY);
    bench.open();
    RecordedCall service = handler.awaitCall().await("ready");

    assertThat(user.get(service.context())).isEqualTo("ada");
    bench.lastExchange().disconnect();
    service.await("cancel");
    assertThat(service.events()).containsExactly("ready", "cancel"); // and none in another context
    assertThat(service.context().isCancelled()).isTrue();
  }

  @Test
  void theFallbackRegistryIsAskedOnTheExecutorWithTheInterceptorsAround() throws Exception {
    Thread container = Thread.currentThread();
    RecordingHandler handler = new RecordingHandler();
    bench
        .builder()
        .intercept(tracing("interceptor"))
        .fallbackHandlerRegistry(
            registry(
                (name, authority) -> {
                  trace.add(name + " of " + authority);
                  assertThat(Thread.currentThread()).isNotSameAs(container);
                  return definition(handler);
                }));

    bench.open();
    handler.awaitCall();

    assertThat(trace).containsExactly("test.Texts/Method of example.org:8080", "interceptor");
  }

  @Test
  void aWrongRequestCountOfAFallbackMethodIsUnimplementedToo() throws Exception {
    bench
        .builder()
        .fallbackHandlerRegistry(registry((name, authority) -> definition(new RecordingHandler())));

    assertThat(bench.open().halfClose().await().code()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void aFallbackMethodWhoseRequestCountIsWrongAlreadyIsNotStarted() throws Exception {
    Queue<Runnable> tasks = new ArrayDeque<>();
    RecordingHandler handler = new RecordingHandler();
    bench
        .builder()
        .executor(tasks::add)
        .fallbackHandlerRegistry(registry((name, authority) -> definition(handler)));
    ClientCall call = bench.open().halfClose();

    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }

    assertThat(call.await().code()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(handler.calls()).isZero();
  }

  @Test
  void aStatusThatTheFallbackRegistryThrowsIsTheCalls() throws Exception {
    bench
        .builder()
        .fallbackHandlerRegistry(
            registry(
                (name, authority) -> {
                  throw Status.UNAVAILABLE.withDescription("loading").asRuntimeException();
                }));

    assertThat(bench.open().await().status()).isEqualTo("UNAVAILABLE: loading");
  }

  @Test
  void aFallbackRegistryThatDoesNotKnowTheMethodLeavesItUnimplemented() throws Exception {
    bench.builder().fallbackHandlerRegistry(registry((name, authority) -> null));

    assertThat(bench.open().await().status())
        .isEqualTo("UNIMPLEMENTED: Method not found: test.Texts/Method");
  }

  @Test
  void theServerTellsItsServices() {
    bench.record(MethodType.UNARY);
    GrpcWebServer server = bench.server();

    assertThat(server.getImmutableServices()).hasSize(1);
    assertThat(server.getMutableServices()).isEmpty();
    assertThat(server.getServices()).isEqualTo(server.getImmutableServices());
    assertThat(server.hasMethod("test.Texts/Method")).isTrue();
    assertThat(server.hasMethod("test.Texts/Other")).isFalse();
  }

  @Test
  void onlyContentTypesThatCanBeServedAreSupported() {
    assertThat(GrpcWebServer.supportsContentType("application/grpc-web")).isTrue();
    assertThat(GrpcWebServer.supportsContentType("application/GRPC-Web-Text+proto; x=y")).isTrue();
    assertThat(GrpcWebServer.supportsContentType("application/grpc-web+json")).isFalse();
    assertThat(GrpcWebServer.supportsContentType("text/plain")).isFalse();
    assertThat(GrpcWebServer.supportsContentType(null)).isFalse();
    assertThat(GrpcWebServer.isGrpcContentType("application/grpc-web+json")).isTrue();
    assertThat(GrpcWebServer.isGrpcContentType("application/grpc")).isTrue();
    assertThat(GrpcWebServer.isGrpcContentType("application/grpcx")).isFalse();
  }

  @Test
  void whatTheClientAcceptsMayStandInSeveralFields() throws Exception {
    bench
        .record(MethodType.UNARY)
        .on("start", service -> service.call().close(Status.ABORTED, new Metadata()));
    Headers headers =
        new Headers()
            .add("content-type", "application/grpc-web")
            .add("accept", "text/html")
            .add("accept", "application/grpc-web-text");

    bench.call(new RequestHead("test.Texts/Method", headers, "a", false, Attributes.EMPTY));
    bench.lastExchange().awaitBody();

    assertThat(bench.lastExchange().head().headers().get("content-type"))
        .isEqualTo("application/grpc-web-text+proto");
  }

  @Test
  void aContentTypeThatIsNotSupportedIsTheTransportsFault() {
    RequestHead head =
        new RequestHead(
            "a.B/C", new Headers().add("content-type", "text/plain"), "a", false, Attributes.EMPTY);

    assertThatThrownBy(() -> bench.server().open(head, new RecordingExchange()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("content-type is not supported: text/plain");
  }

  @Test
  void theBuilderRefusesWhatItCannotKeep() {
    GrpcWebServer.Builder builder = GrpcWebServer.builder();

    assertThatThrownBy(() -> builder.maxDeadline(Duration.ZERO))
        .hasMessage("maxDeadline must be positive, got PT0S");
    assertThatThrownBy(() -> builder.maxCallAge(Duration.ofSeconds(-1)))
        .hasMessage("maxCallAge must be positive, got PT-1S");
    assertThatThrownBy(() -> builder.textKeepAlive(Duration.ZERO))
        .hasMessage("textKeepAlive must be positive, got PT0S");
    assertThatThrownBy(() -> builder.maxQueuedBytes(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.useTransportSecurity(new File("a"), new File("b")))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private ServerInterceptor tracing(String name) {
    return new ServerInterceptor() {
      @Override
      public <Q, R> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        trace.add(name);
        return next.startCall(call, headers);
      }
    };
  }

  private static ServerInterceptor refusing(Status status) {
    return new ServerInterceptor() {
      @Override
      public <Q, R> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
      }
    };
  }

  private static final class Tagging implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      headers.put(TAG, "request");
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendHeaders(Metadata responseHeaders) {
              responseHeaders.put(TAG, "headers");
              super.sendHeaders(responseHeaders);
            }

            @Override
            public void close(Status status, Metadata trailers) {
              trailers.put(TAG, "trailers");
              super.close(status, trailers);
            }
          },
          headers);
    }
  }

  /** What a registry does when it is asked. */
  private interface Lookup {
    @Nullable ServerMethodDefinition<?, ?> method(String name, @Nullable String authority);
  }

  private static HandlerRegistry registry(Lookup lookup) {
    return new HandlerRegistry() {
      @Override
      public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
          String name, @Nullable String authority) {
        return lookup.method(name, authority);
      }
    };
  }

  private static ServerMethodDefinition<?, ?> definition(RecordingHandler handler) {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(Texts.SERVICE)
            .addMethod(Texts.method("Method", MethodType.UNARY), handler)
            .build();
    return requireNonNull(service.getMethod("test.Texts/Method"));
  }
}

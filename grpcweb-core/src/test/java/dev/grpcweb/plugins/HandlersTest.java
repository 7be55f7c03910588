// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.GrpcWebClientFormat;
import dev.grpcweb.testing.Reply;
import dev.grpcweb.testing.Texts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.util.MutableHandlerRegistry;
import io.grpc.util.TransmitStatusRuntimeExceptionInterceptor;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Registries and interceptors that grpc-java brings. */
final class HandlersTest {
  private static final MethodDescriptor<String, String> METHOD =
      Texts.method("Method", MethodType.UNARY);

  private final CallBench bench = new CallBench(GrpcWebClientFormat.BINARY);

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    bench.close();
  }

  private static ServerServiceDefinition service(ServerCalls.UnaryMethod<String, String> method) {
    return ServerServiceDefinition.builder(Texts.SERVICE)
        .addMethod(METHOD, ServerCalls.asyncUnaryCall(method))
        .build();
  }

  private static ServerServiceDefinition echo() {
    return service(
        (request, responses) -> {
          responses.onNext(request);
          responses.onCompleted();
        });
  }

  @Test
  void servicesMayComeAndGoWhileTheServerRuns() throws Exception {
    MutableHandlerRegistry registry = new MutableHandlerRegistry();
    bench.builder().fallbackHandlerRegistry(registry);
    assertThat(bench.open().unary("abc").code()).isEqualTo(Status.Code.UNIMPLEMENTED);

    registry.addService(echo());
    assertThat(bench.open().unary("abc").messages()).containsExactly("abc");
    assertThat(bench.server().getMutableServices()).hasSize(1);
    assertThat(bench.server().getServices()).hasSize(1);

    registry.removeService(registry.getServices().get(0));
    assertThat(bench.open().unary("abc").code()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(bench.server().getMutableServices()).isEmpty();
  }

  @Test
  void interceptorsOfAServiceAreInsideThoseOfTheServer() throws Exception {
    List<String> trace = Collections.synchronizedList(new ArrayList<>());
    bench
        .builder()
        .intercept(tracing(trace, "server"))
        .addService(ServerInterceptors.intercept(echo(), tracing(trace, "service")))
        .addService(
            ServerInterceptors.interceptForward(
                ServerServiceDefinition.builder("test.Other").build(), List.of()));

    assertThat(bench.open().unary("abc").messages()).containsExactly("abc");
    assertThat(trace).containsExactly("server", "service");
  }

  @Test
  void aServiceOfOtherMarshallersIsServed() throws Exception {
    List<Class<?>> types = Collections.synchronizedList(new ArrayList<>());
    bench
        .builder()
        .addService(
            ServerInterceptors.intercept(
                ServerInterceptors.useInputStreamMessages(echo()),
                new ServerInterceptor() {
                  @Override
                  public <Q, R> ServerCall.Listener<Q> interceptCall(
                      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                    InputStream nothing = InputStream.nullInputStream();
                    types.add(call.getMethodDescriptor().parseRequest(nothing).getClass());
                    return next.startCall(call, headers);
                  }
                }));

    assertThat(bench.open().unary("abc").messages()).containsExactly("abc");
    assertThat(types)
        .singleElement()
        .satisfies(type -> assertThat(type).isNotEqualTo(String.class));
  }

  @Test
  void aStatusThatAServiceThrowsReachesTheClientWhereItIsAskedFor() throws Exception {
    Metadata trailers = new Metadata();
    trailers.put(Metadata.Key.of("x-why", Metadata.ASCII_STRING_MARSHALLER), "because");
    bench
        .builder()
        .intercept(TransmitStatusRuntimeExceptionInterceptor.instance())
        .addService(
            service(
                (request, responses) -> {
                  throw Status.FAILED_PRECONDITION
                      .withDescription("not now")
                      .asRuntimeException(trailers);
                }));

    Reply reply = bench.open().unary("abc");

    assertThat(reply.status()).isEqualTo("FAILED_PRECONDITION: not now");
    assertThat(reply.trailers().get("x-why")).isEqualTo("because");
  }

  private static ServerInterceptor tracing(List<String> trace, String name) {
    return new ServerInterceptor() {
      @Override
      public <Q, R> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        trace.add(name);
        return next.startCall(call, headers);
      }
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Texts;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MethodsTest {
  private static final MethodDescriptor<String, String> ONE = Texts.method("One", MethodType.UNARY);
  private static final MethodDescriptor<String, String> TWO = Texts.method("Two", MethodType.UNARY);

  private final List<String> trace = new ArrayList<>();

  @Test
  void aMethodIsFoundByItsExactName() {
    Methods methods = methods(List.of(service(ONE, "handler")), null);

    assertThat(methods.registered("test.Texts/One")).isNotNull();
    assertThat(methods.registered("test.texts/One")).isNull();
    assertThat(methods.registered("test.Texts/one")).isNull();
    assertThat(methods.registered("/test.Texts/One")).isNull();
    assertThat(methods.registered("test.Texts/Two")).isNull();
  }

  @Test
  void aLaterServiceReplacesOneOfTheSameNameWithAllItsMethods() {
    Methods methods = methods(List.of(service(ONE, "first"), service(TWO, "second")), null);

    assertThat(methods.registered(ONE.getFullMethodName())).isNull();
    assertThat(methods.registered(TWO.getFullMethodName())).isNotNull();
    assertThat(methods.services()).hasSize(1);
  }

  @Test
  void theInterceptorAddedLastSeesACallFirst() {
    Methods methods =
        methods(List.of(service(ONE, "handler")), null, interceptor("a"), interceptor("b"));

    start(methods.registered(ONE.getFullMethodName()));

    assertThat(trace).containsExactly("b", "a", "handler");
  }

  @Test
  void methodsOfTheFallbackRegistryAreInterceptedInTheSameOrder() {
    Methods methods =
        methods(
            List.of(),
            registry(service(ONE, "handler").getMethod(ONE.getFullMethodName())),
            interceptor("a"),
            interceptor("b"));

    assertThat(methods.registered(ONE.getFullMethodName())).isNull();
    ServerCall.@Nullable Listener<Object> listener =
        start(methods.fallback(ONE.getFullMethodName(), "example.org"));

    assertThat(listener).as("what the handler returned").isNotNull();
    assertThat(trace).containsExactly("lookup test.Texts/One example.org", "b", "a", "handler");
  }

  @Test
  void theServicesOfTheFallbackRegistryAreThoseThatItNames() {
    ServerServiceDefinition service = service(ONE, "handler");
    HandlerRegistry registry =
        new HandlerRegistry() {
          @Override
          public List<ServerServiceDefinition> getServices() {
            return List.of(service);
          }

          @Override
          public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
              String methodName, @Nullable String authority) {
            return null;
          }
        };

    assertThat(methods(List.of(), registry).fallbackServices()).containsExactly(service);
    assertThat(methods(List.of(), registry).services()).isEmpty();
  }

  @Test
  void theFallbackRegistryMayNotKnowTheMethodEither() {
    assertThat(methods(List.of(), registry(null)).fallback("a.B/C", "example.org")).isNull();
  }

  @Test
  void withoutAFallbackRegistryThereIsNothingToAsk() {
    Methods methods = methods(List.of(), null);

    assertThat(methods.fallback("a.B/C", "example.org")).isNull();
    assertThat(methods.fallbackServices()).isEmpty();
  }

  private Methods methods(
      List<ServerServiceDefinition> services,
      @Nullable HandlerRegistry fallback,
      ServerInterceptor... interceptors) {
    return new Methods(services, fallback, List.of(interceptors), null);
  }

  private ServerServiceDefinition service(MethodDescriptor<String, String> method, String name) {
    ServerCallHandler<String, String> handler =
        (call, headers) -> {
          trace.add(name);
          return new ServerCall.Listener<>() {};
        };
    return ServerServiceDefinition.builder(Texts.SERVICE).addMethod(method, handler).build();
  }

  private ServerInterceptor interceptor(String name) {
    return new ServerInterceptor() {
      @Override
      public <Q, R> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        trace.add(name);
        return next.startCall(call, headers);
      }
    };
  }

  private HandlerRegistry registry(@Nullable ServerMethodDefinition<?, ?> method) {
    return new HandlerRegistry() {
      @Override
      public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
          String methodName, @Nullable String authority) {
        trace.add("lookup " + methodName + " " + authority);
        return method;
      }
    };
  }

  @SuppressWarnings("unchecked")
  private static ServerCall.@Nullable Listener<Object> start(
      @Nullable ServerMethodDefinition<?, ?> method) {
    ServerMethodDefinition<Object, Object> found =
        (ServerMethodDefinition<Object, Object>) requireNonNull(method);
    return found.getServerCallHandler().startCall(new NoCall(), new Metadata());
  }

  private static final class NoCall extends ServerCall<Object, Object> {
    @Override
    public void request(int numMessages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(Object message) {}

    @Override
    public void close(io.grpc.Status status, Metadata trailers) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<Object, Object> getMethodDescriptor() {
      throw new UnsupportedOperationException();
    }
  }
}

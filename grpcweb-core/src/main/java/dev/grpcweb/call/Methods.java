// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.BinaryLog;
import io.grpc.HandlerRegistry;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From a full method name to the intercepted method: the registered services first, then the
 * fallback registry. Names match exactly, case included.
 *
 * <p>Immutable; the fallback registry need not be.
 */
public final class Methods {
  private final Map<String, ServerServiceDefinition> services = new LinkedHashMap<>();
  private final Map<String, ServerMethodDefinition<?, ?>> methods = new LinkedHashMap<>();
  private final @Nullable HandlerRegistry fallback;
  private final List<ServerInterceptor> interceptors;
  private final @Nullable BinaryLog binaryLog;

  /**
   * Creates the table.
   *
   * @param definitions a later service replaces an earlier one of the same name
   * @param fallback asked for methods that no service has; may be null
   * @param interceptors the last one sees a call first
   * @param binaryLog sees it before them; may be null
   */
  public Methods(
      Collection<ServerServiceDefinition> definitions,
      @Nullable HandlerRegistry fallback,
      List<ServerInterceptor> interceptors,
      @Nullable BinaryLog binaryLog) {
    this.fallback = fallback;
    this.binaryLog = binaryLog;
    this.interceptors = List.copyOf(interceptors);
    definitions.forEach(service -> services.put(service.getServiceDescriptor().getName(), service));
    for (ServerServiceDefinition service : services.values()) {
      for (ServerMethodDefinition<?, ?> method :
          ServerInterceptors.intercept(service, this.interceptors).getMethods()) {
        methods.put(method.getMethodDescriptor().getFullMethodName(), method);
      }
    }
  }

  /** Returns the registered services. */
  public List<ServerServiceDefinition> services() {
    return List.copyOf(services.values());
  }

  /** Returns the services of the fallback registry. */
  public List<ServerServiceDefinition> fallbackServices() {
    return fallback == null ? List.of() : fallback.getServices();
  }

  /** Returns the method of a registered service, or null. */
  public @Nullable ServerMethodDefinition<?, ?> registered(String fullMethodName) {
    return methods.get(fullMethodName);
  }

  /** Called on the executor: the fallback registry is the user's code. */
  @Nullable ServerMethodDefinition<?, ?> fallback(String fullMethodName, String authority) {
    if (fallback == null) {
      return null;
    }
    ServerMethodDefinition<?, ?> method = fallback.lookupMethod(fullMethodName, authority);
    return method == null ? null : intercepted(method);
  }

  /**
   * Called on the executor for each call: the binary log may change the method's marshallers, so
   * that it sees messages as bytes.
   */
  ServerMethodDefinition<?, ?> logged(ServerMethodDefinition<?, ?> method) {
    return binaryLog == null ? method : binaryLog.wrapMethodDefinition(method);
  }

  private <Q, R> ServerMethodDefinition<Q, R> intercepted(ServerMethodDefinition<Q, R> method) {
    ServerCallHandler<Q, R> handler = method.getServerCallHandler();
    for (ServerInterceptor interceptor : interceptors) {
      ServerCallHandler<Q, R> next = handler;
      handler = (call, headers) -> interceptor.interceptCall(call, headers, next);
    }
    return method.withServerCallHandler(handler);
  }
}

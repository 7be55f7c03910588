// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import connectrpc.conformance.v1.ConformanceServiceGrpc;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.HashMap;
import java.util.Map;

/**
 * The suite's service. Its unary method is an ordinary one on generated stubs; the streaming ones
 * are handlers of the call itself, because only these can send headers before the first message and
 * trailers beside an OK.
 */
final class ConformanceService implements BindableService {
  private final Map<String, ServerCallHandler<?, ?>> streaming = new HashMap<>();

  ConformanceService() {
    streaming.put(
        ConformanceServiceGrpc.getServerStreamMethod().getFullMethodName(),
        new ServerStreamHandler());
    streaming.put(
        ConformanceServiceGrpc.getClientStreamMethod().getFullMethodName(),
        new ClientStreamHandler());
    streaming.put(
        ConformanceServiceGrpc.getBidiStreamMethod().getFullMethodName(), new BidiStreamHandler());
  }

  @Override
  public ServerServiceDefinition bindService() {
    ServerServiceDefinition stubs = new UnaryService().bindService();
    ServerServiceDefinition.Builder all =
        ServerServiceDefinition.builder(stubs.getServiceDescriptor());
    stubs.getMethods().forEach(method -> all.addMethod(replaceHandler(method)));
    return ServerInterceptors.intercept(
        all.build(), new CallMetadata.Interceptor(), new CompressedReplies());
  }

  private <ReqT, RespT> ServerMethodDefinition<ReqT, RespT> replaceHandler(
      ServerMethodDefinition<ReqT, RespT> method) {
    MethodDescriptor<ReqT, RespT> descriptor = method.getMethodDescriptor();
    // The map's keys name the methods that its handlers serve.
    @SuppressWarnings("unchecked")
    ServerCallHandler<ReqT, RespT> handler =
        (ServerCallHandler<ReqT, RespT>) streaming.get(descriptor.getFullMethodName());
    return handler == null ? method : method.withServerCallHandler(handler);
  }

  /** Compresses every response whose client takes it, so that the suite reads compressed ones. */
  private static final class CompressedReplies implements ServerInterceptor {
    @Override
    public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
        ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
      call.setCompression("gzip");
      return next.startCall(call, headers);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * What generated stubs hide of a call: the facts of the request, and the response's headers and
 * trailers, to be filled before the answer. Used by the thread that answers.
 */
record CallMetadata(CallFacts facts, Metadata headers, Metadata trailers) {
  private static final Context.Key<CallMetadata> KEY = Context.key("call-metadata");

  /** Returns the metadata of the call that is being served. */
  static CallMetadata current() {
    return KEY.get();
  }

  /** Passes the metadata between the call and its context. */
  static final class Interceptor implements ServerInterceptor {
    @Override
    public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
        ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
      CallMetadata metadata =
          new CallMetadata(CallFacts.of(headers), new Metadata(), new Metadata());
      return Contexts.interceptCall(
          Context.current().withValue(KEY, metadata),
          new CallWithMetadata<>(call, metadata),
          headers,
          next);
    }
  }

  private static final class CallWithMetadata<ReqT, RespT>
      extends SimpleForwardingServerCall<ReqT, RespT> {
    private final CallMetadata metadata;
    private boolean headersSent;

    CallWithMetadata(ServerCall<ReqT, RespT> call, CallMetadata metadata) {
      super(call);
      this.metadata = metadata;
    }

    @Override
    public void sendHeaders(Metadata headers) {
      headersSent = true;
      headers.merge(metadata.headers());
      super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!headersSent && !metadata.headers().keys().isEmpty()) {
        sendHeaders(new Metadata());
      }
      trailers.merge(metadata.trailers());
      super.close(status, trailers);
    }
  }
}

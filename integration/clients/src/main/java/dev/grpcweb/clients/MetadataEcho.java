// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.clients;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Returns request metadata: keys that begin with {@code echo-} as headers, {@code trail-} last. */
final class MetadataEcho implements ServerInterceptor {

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata request, ServerCallHandler<Q, R> next) {
    ServerCall<Q, R> echoing =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void sendHeaders(Metadata headers) {
            copy("echo-", request, headers);
            super.sendHeaders(headers);
          }

          @Override
          public void close(Status status, Metadata trailers) {
            copy("trail-", request, trailers);
            super.close(status, trailers);
          }
        };
    return next.startCall(echoing, request);
  }

  private static void copy(String prefix, Metadata from, Metadata to) {
    for (String name : from.keys()) {
      if (!name.startsWith(prefix)) {
        continue;
      }
      if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
        copyAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER), from, to);
      } else {
        copyAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), from, to);
      }
    }
  }

  private static <T> void copyAll(Metadata.Key<T> key, Metadata from, Metadata to) {
    Iterable<T> values = from.getAll(key);
    if (values != null) {
      values.forEach(value -> to.put(key, value));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes of messages as they are on the wire. Safe for use by any thread. */
final class WireBytes implements ClientInterceptor {

  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();

  long sent() {
    return sent.get();
  }

  long received() {
    return received.get();
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return next.newCall(method, options.withStreamTracerFactory(new Factory()));
  }

  private final class Factory extends ClientStreamTracer.Factory {
    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void outboundWireSize(long bytes) {
          sent.addAndGet(bytes);
        }

        @Override
        public void inboundWireSize(long bytes) {
          received.addAndGet(bytes);
        }
      };
    }
  }
}

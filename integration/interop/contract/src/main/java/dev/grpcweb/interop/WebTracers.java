// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;

/** Tells the tracers of the client of one call, by which the tests measure. */
final class WebTracers {
  private final List<ClientStreamTracer> tracers;
  private int sent;
  private int received;

  /** Asks the factories of the options, which may add to the headers. */
  WebTracers(CallOptions options, Metadata headers) {
    StreamInfo info = StreamInfo.newBuilder().setCallOptions(options).build();
    tracers =
        options.getStreamTracerFactories().stream()
            .map(factory -> factory.newClientStreamTracer(info, headers))
            .toList();
    tracers.forEach(tracer -> tracer.streamCreated(Attributes.EMPTY, headers));
  }

  void headersSent() {
    tracers.forEach(ClientStreamTracer::outboundHeaders);
  }

  void sent(int size) {
    int number = sent++;
    for (ClientStreamTracer tracer : tracers) {
      tracer.outboundMessage(number);
      tracer.outboundUncompressedSize(size);
      tracer.outboundWireSize(size);
      tracer.outboundMessageSent(number, size, size);
    }
  }

  void received(int wireSize, int size) {
    int number = received++;
    for (ClientStreamTracer tracer : tracers) {
      tracer.inboundMessage(number);
      tracer.inboundWireSize(wireSize);
      tracer.inboundMessageRead(number, wireSize, size);
      tracer.inboundUncompressedSize(size);
    }
  }

  void closed(Status status) {
    tracers.forEach(tracer -> tracer.streamClosed(status));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.Headers;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What differs between the formats that carry a call over one HTTP exchange. They share the frame
 * of a message.
 */
interface WireFormat {
  /** Returns the format of a request with these headers, or null if there is none. */
  static @Nullable WireFormat of(@Nullable String contentType, @Nullable String accept) {
    return GrpcWebFormat.of(ContentType.parse(contentType), accept);
  }

  /** Returns the response's content type, without parameters. */
  String contentType();

  /** Returns what decodes the request's body into frames. */
  ByteSink decoder(FrameReader frames);

  /** Passes whole frames on to the exchange. */
  void write(Exchange exchange, byte[] bytes, int offset, int length);

  /** Returns the frame of the status and the trailers, the last one of the body. */
  byte[] trailers(Status status, Metadata trailers);

  /** Adds the status to the head of a response that consists of nothing else. */
  default void trailersOnly(Headers head, Status status, Metadata trailers) {
    head.add("grpc-status", Integer.toString(status.getCode().value()));
    String message = status.getDescription();
    if (message != null && !message.isEmpty()) {
      head.add("grpc-message", StatusText.encodeMessage(message));
    }
    MetadataText.write(trailers, head::add);
  }

  /** Returns what may be sent on an idle stream without meaning anything; empty if nothing. */
  byte[] idleBytes();
}

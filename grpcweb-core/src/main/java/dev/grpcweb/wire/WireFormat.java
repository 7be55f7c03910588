// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What differs between the formats that carry a call over one HTTP exchange. They share the frame
 * of a message.
 */
interface WireFormat {
  /** Returns the format of a request with these headers, or null if there is none. */
  static @Nullable WireFormat of(@Nullable String contentType, @Nullable String accept) {
    ContentType type = ContentType.parse(contentType);
    WireFormat web = GrpcWebFormat.of(type, accept);
    return web != null ? web : GrpcFormat.of(type);
  }

  /** Returns the response's content type, without parameters. */
  String contentType();

  /** Returns what decodes the request's body into frames. */
  ByteSink decoder(FrameReader frames);

  /** Passes whole frames on to the exchange. */
  void write(Exchange exchange, byte[] bytes, int offset, int length);

  /**
   * Returns whether the status and the trailers are fields of HTTP behind the body; else they are
   * its last frame.
   */
  boolean hasHttpTrailers();

  /** Returns what may be sent on an idle stream without meaning anything; empty if nothing. */
  byte[] idleBytes();
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Native gRPC: the body is frames and nothing else, the status follows it in trailers: of HTTP, or
 * of the protocol that carries many calls on one WebSocket.
 *
 * <p>Without state. See <a
 * href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">PROTOCOL-HTTP2</a>.
 */
enum GrpcFormat implements WireFormat {
  /** Over HTTP/2. */
  NATIVE(""),
  /** One of many calls on a WebSocket. */
  MULTIPLEXED("+" + ContentType.PROTO);

  static final String TYPE = "application/grpc";

  private static final byte[] NOTHING = {};

  private final String contentType;

  GrpcFormat(String suffix) {
    contentType = TYPE + suffix;
  }

  /**
   * Returns the format of a request, or null if it is not native gRPC or its messages are not
   * protocol buffers.
   */
  static @Nullable GrpcFormat of(@Nullable ContentType request) {
    return request != null && request.type().equals(TYPE) && request.isProto() ? NATIVE : null;
  }

  @Override
  public String contentType() {
    return contentType;
  }

  @Override
  public ByteSink decoder(FrameReader frames) {
    return frames;
  }

  @Override
  public void write(Exchange exchange, byte[] bytes, int offset, int length) {
    exchange.write(bytes, offset, length);
  }

  @Override
  public boolean hasHttpTrailers() {
    return true;
  }

  /** Nothing: a ping is for that, of HTTP/2 or of the socket. */
  @Override
  public byte[] idleBytes() {
    return NOTHING;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;

/**
 * A call on a WebSocket of its own: the frames of binary gRPC-Web, the trailers among them. {@link
 * GrpcWebSocketsWriter} makes messages of them.
 *
 * @see <a
 *     href="https://github.com/improbable-eng/grpc-web/blob/master/go/grpcweb/websocket_wrapper.go">the
 *     protocol's server</a>
 */
enum GrpcWebSocketsFormat implements WireFormat {
  INSTANCE;

  private static final byte[] NOTHING = {};

  @Override
  public String contentType() {
    return GrpcWebFormat.BINARY + "+" + ContentType.PROTO;
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
    return false;
  }

  @Override
  public byte[] idleBytes() {
    return NOTHING;
  }
}

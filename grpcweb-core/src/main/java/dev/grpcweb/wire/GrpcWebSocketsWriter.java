// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.WebSocket;
import java.nio.ByteBuffer;

/**
 * Writes what a client of {@code grpc-websockets} reads: frames, each of them two messages, the
 * prefix and the payload, be that empty. The strictest of its clients reads nothing else.
 *
 * <pre>
 *  80 length | header block    first
 *  00 length | message         any number of them, with 01 if compressed
 *  80 length | trailer block   last
 * </pre>
 *
 * <p>Without state.
 */
final class GrpcWebSocketsWriter {
  private GrpcWebSocketsWriter() {}

  /** Sends the header block. */
  static void headers(WebSocket socket, Headers headers) {
    byte[] frame = TrailerBlock.frame(headers);
    frames(socket, frame, 0, frame.length);
  }

  /** Sends whole frames. */
  static void frames(WebSocket socket, byte[] bytes, int offset, int length) {
    int end = offset + length;
    int at = offset;
    while (at < end) {
      int payload = ByteBuffer.wrap(bytes).getInt(at + 1);
      socket.send(bytes, at, FrameWriter.PREFIX_LENGTH);
      at += FrameWriter.PREFIX_LENGTH;
      socket.send(bytes, at, payload);
      at += payload;
    }
  }
}

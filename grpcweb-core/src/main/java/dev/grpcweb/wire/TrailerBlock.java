// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Headers;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;

/**
 * The payload of the trailers frame, one {@code name: value} a line, each ended by CR LF, names in
 * lower case; the header blocks of the WebSocket format look the same.
 *
 * <p>Without state. See <a
 * href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md">PROTOCOL-WEB</a>.
 */
final class TrailerBlock {
  private TrailerBlock() {}

  /** Writes fields whose values are printable ASCII. */
  static byte[] write(Headers fields) {
    StringBuilder block = new StringBuilder();
    fields.forEach((name, value) -> block.append(name).append(": ").append(value).append("\r\n"));
    return block.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes the trailers frame, the last one of a body. */
  static byte[] frame(Headers trailers) {
    byte[] block = write(trailers);
    byte[] frame = new byte[FrameWriter.PREFIX_LENGTH + block.length];
    FrameWriter.prefix(frame, 0, FrameWriter.FLAG_TRAILERS, block.length);
    System.arraycopy(block, 0, frame, FrameWriter.PREFIX_LENGTH, block.length);
    return frame;
  }

  /**
   * Reads a block, also one whose last line has no end, or with blank lines, or with bare LF.
   *
   * @throws WireException if a line is no {@code name: value}
   */
  static Headers parse(byte[] bytes, int offset, int length) {
    return parse(bytes, offset, offset, offset + length);
  }

  /**
   * As {@link #parse(byte[], int, int)}, but of the lines from one on.
   *
   * @param offset where the block begins
   * @param from where the first line begins that is read
   */
  static Headers parse(byte[] bytes, int offset, int from, int end) {
    Headers headers = new Headers();
    int lineStart = from;
    for (int at = from; at <= end; at++) {
      if (at == end || bytes[at] == '\n') {
        String line =
            new String(bytes, lineStart, at - lineStart, StandardCharsets.ISO_8859_1).trim();
        if (!line.isEmpty()) {
          parseLine(line, lineStart - offset, headers);
        }
        lineStart = at + 1;
      }
    }
    return headers;
  }

  private static void parseLine(String line, int at, Headers headers) {
    int colon = line.indexOf(':');
    if (colon <= 0) {
      throw new WireException(
          Status.INTERNAL.withDescription(
              "Malformed header block: expected \"name: value\", got "
                  + (colon < 0 ? "no colon" : "no name")
                  + " in the line at offset "
                  + at));
    }
    headers.add(line.substring(0, colon).trim(), line.substring(colon + 1).trim());
  }
}

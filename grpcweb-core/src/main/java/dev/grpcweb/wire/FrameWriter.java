// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Writes frames: the prefix, then the message serialised straight into the same array.
 *
 * <pre>
 *  0        1        2        3        4        5
 * +--------+--------+--------+--------+--------+----------------+
 * | flags  |       length, big-endian          | payload        |
 * +--------+--------+--------+--------+--------+----------------+
 *   flags   bit 0   the payload is compressed
 *           bit 7   the payload is the trailer block, the last frame of a gRPC-Web response
 *           others  reserved, zero
 * </pre>
 *
 * <p>Without state. See <a
 * href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md">PROTOCOL-WEB</a>.
 */
final class FrameWriter {
  /** The flag of a compressed payload. */
  static final int FLAG_COMPRESSED = 0x01;

  /** The flag of the frame that holds the trailers. */
  static final int FLAG_TRAILERS = 0x80;

  /** The number of bytes before the payload. */
  static final int PREFIX_LENGTH = 5;

  private FrameWriter() {}

  /** Writes the prefix of a payload of {@code length} bytes. */
  static void prefix(byte[] target, int at, int flags, int length) {
    target[at] = (byte) flags;
    target[at + 1] = (byte) (length >>> 24);
    target[at + 2] = (byte) (length >>> 16);
    target[at + 3] = (byte) (length >>> 8);
    target[at + 4] = (byte) length;
  }

  /** Returns how long the message will be, or -1 if only reading it tells. */
  static int knownLength(InputStream message) {
    if (!(message instanceof KnownLength)) {
      return -1;
    }
    try {
      return message.available();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Writes the message into the target. The first read asks for all of it: protobuf then encodes
   * straight into the array.
   *
   * @throws WireException if the message is not as long as it said
   */
  static void fill(InputStream message, byte[] target, int at, int length) {
    try {
      int have = 0;
      while (have < length) {
        int count = message.read(target, at + have, length - have);
        if (count <= 0) {
          throw inaccurate(length, String.valueOf(have));
        }
        have += count;
      }
      if (message.read() >= 0) {
        throw inaccurate(length, "more");
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Returns all bytes of a message that does not know its length. */
  static byte[] drain(InputStream message) {
    try {
      if (message instanceof Drainable drainable) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        drainable.drainTo(bytes);
        return bytes.toByteArray();
      }
      return message.readAllBytes();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static WireException inaccurate(int expected, String actual) {
    return new WireException(
        Status.INTERNAL.withDescription(
            "Message length inaccurate: expected " + expected + " bytes, got " + actual));
  }

  private static WireException failed(IOException e) {
    return new WireException(
        Status.INTERNAL.withDescription("Failed to read the message to send").withCause(e));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The frames of a request: a flag byte, four bytes of length, the payload. */
final class Frames {
  static final int PREFIX = 5;
  static final int TRAILERS = 0x80;

  private Frames() {}

  static byte[] message(String text) {
    return frame(0, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] frame(int flags, byte[] payload) {
    return frame(flags, payload.length, payload);
  }

  /** Returns a frame that announces a length of its own. */
  static byte[] frame(int flags, int announced, byte[] payload) {
    return ByteBuffer.allocate(PREFIX + payload.length)
        .put((byte) flags)
        .putInt(announced)
        .put(payload)
        .array();
  }

  static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}

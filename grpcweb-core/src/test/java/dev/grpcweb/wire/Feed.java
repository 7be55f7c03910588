// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.util.Arrays;

/** Ways to cut bytes into chunks. Each chunk is an array of its own, as a receiver may keep it. */
final class Feed {
  private Feed() {}

  static void whole(ByteSink sink, byte[] bytes) {
    sink.received(bytes.clone(), 0, bytes.length);
  }

  static void byteByByte(ByteSink sink, byte[] bytes) {
    for (byte b : bytes) {
      sink.received(new byte[] {b}, 0, 1);
    }
  }

  /** Two chunks, the second one in the middle of a larger array. */
  static void splitAt(ByteSink sink, byte[] bytes, int border) {
    sink.received(Arrays.copyOf(bytes, border), 0, border);
    int rest = bytes.length - border;
    byte[] larger = new byte[rest + 7];
    Arrays.fill(larger, (byte) 0xEE);
    System.arraycopy(bytes, border, larger, 3, rest);
    sink.received(larger, 3, rest);
  }
}

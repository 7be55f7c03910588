// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.nio.ByteBuffer;
import java.util.Base64;

/** Encodes what leaves together, whole frames, as one padded base64 unit. Without state. */
final class Base64Writer {
  private Base64Writer() {}

  /** Returns one unit, padded to a multiple of four characters. */
  static byte[] encode(byte[] bytes, int offset, int length) {
    // A buffer is how the encoder takes a slice; its array is exactly as long as the unit.
    return Base64.getEncoder().encode(ByteBuffer.wrap(bytes, offset, length)).array();
  }
}

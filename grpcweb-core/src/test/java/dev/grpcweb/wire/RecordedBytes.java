// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.io.ByteArrayOutputStream;

/** Remembers what a reader passed on. */
final class RecordedBytes implements ByteSink {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  int calls;
  int longestArray;
  int ends;

  @Override
  public void received(byte[] chunk, int offset, int length) {
    calls++;
    longestArray = Math.max(longestArray, chunk.length);
    bytes.write(chunk, offset, length);
  }

  @Override
  public void receivedEnd() {
    ends++;
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Writes that wait for a WebSocket to take them, in their order.
 *
 * <p>Not thread-safe.
 */
final class WriteQueue {
  private final ArrayDeque<Slice> writes = new ArrayDeque<>(2);
  private long size;

  /** How much of the first write was taken. */
  private int taken;

  void add(byte[] bytes, int offset, int length) {
    writes.add(new Slice(bytes, offset, length));
    size += length;
  }

  /** Takes the first write, or what remains of it, but no more than this; null if there is none. */
  @Nullable Slice take(int max) {
    Slice first = writes.peek();
    if (first == null) {
      return null;
    }
    int length = Math.min(max, first.length - taken);
    Slice part = new Slice(first.bytes, first.offset + taken, length);
    taken += length;
    size -= length;
    if (taken == first.length) {
      writes.remove();
      taken = 0;
    }
    return part;
  }

  /** Forgets the writes of which nothing was taken. */
  void discard() {
    Slice first = taken > 0 ? writes.peek() : null;
    writes.clear();
    size = 0;
    if (first != null) {
      writes.add(first);
      size = (long) first.length - taken;
    }
  }

  /** Forgets everything. */
  void clear() {
    taken = 0;
    discard();
  }

  boolean isEmpty() {
    return writes.isEmpty();
  }

  /** Returns the number of bytes that were not taken. */
  long size() {
    return size;
  }
}

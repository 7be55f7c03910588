// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;

/**
 * Frames that gather in one array, to leave in one write.
 *
 * <pre>
 *  0          from             to               length
 * +----------+----------------+----------------+
 * | passed on| gathered       | room           |
 * +----------+----------------+----------------+
 * </pre>
 *
 * <p>Every method is called with the writer's lock held. The sender's thread, and no other, writes
 * into the room without it, between {@link #claim} and {@link #commit} or {@link #release}.
 */
final class Burst {
  /** From this size on nothing more is gathered. */
  static final int FULL = 32 * 1024;

  /** Room for an OK trailers frame, so that a unary answer is one array. */
  private static final int TRAILERS_ROOM = 64;

  private static final int LEAST_CAPACITY = 256;
  private static final byte[] NO_BYTES = {};

  private byte[] bytes = NO_BYTES;
  private int from;
  private int to;

  /** Whether the sender's thread is writing into the room. */
  private boolean claimed;

  /** What the next array of a busy stream holds: follows what the last ones were used for. */
  private int nextCapacity = LEAST_CAPACITY;

  /** Returns the number of gathered bytes. */
  int size() {
    return to - from;
  }

  boolean hasRoom(int need) {
    return bytes.length - to >= need;
  }

  /**
   * Takes a new array, when everything gathered was passed on.
   *
   * @param quiet whether no other frame is expected soon
   */
  void renew(int need, boolean quiet) {
    if (quiet) {
      nextCapacity = LEAST_CAPACITY;
      bytes = new byte[need + TRAILERS_ROOM];
    } else {
      bytes = new byte[Math.max(need, nextCapacity)];
      nextCapacity = capacity(2L * bytes.length);
    }
    from = 0;
    to = 0;
  }

  /** Lets the sender's thread write into the room, from {@link #end} of the returned array. */
  byte[] claim() {
    claimed = true;
    return bytes;
  }

  int end() {
    return to;
  }

  /** What the sender's thread has written is gathered. */
  void commit(int count) {
    claimed = false;
    to += count;
  }

  /** What the sender's thread has written is forgotten. */
  void release() {
    claimed = false;
  }

  /** Adds a frame that no other follows, if need be in place of the array, which was passed on. */
  void append(byte[] frame, Runnable passOn) {
    if (!claimed && hasRoom(frame.length)) {
      System.arraycopy(frame, 0, bytes, to, frame.length);
      to += frame.length;
    } else {
      passOn.run();
      bytes = frame;
      from = 0;
      to = frame.length;
    }
  }

  /** Passes the gathered bytes on to the exchange; returns whether there were any. */
  boolean passOn(WireFormat format, Exchange exchange) {
    if (from == to) {
      return false;
    }
    int start = from;
    from = to;
    format.write(exchange, bytes, start, to - start);
    return true;
  }

  /** Forgets what is gathered. */
  void drop() {
    from = to;
  }

  /** Holds no array while nothing is in flight. */
  void rest() {
    if (!claimed) {
      nextCapacity = capacity(Math.max(2L * to, bytes.length / 2));
      clear();
    }
  }

  private static int capacity(long wanted) {
    return (int) Math.min(FULL, Math.max(LEAST_CAPACITY, wanted));
  }

  /** Forgets everything, when nothing will leave any more. */
  void clear() {
    bytes = NO_BYTES;
    from = 0;
    to = 0;
  }
}

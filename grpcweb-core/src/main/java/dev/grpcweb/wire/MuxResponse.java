// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import org.jspecify.annotations.Nullable;

/**
 * The answer of one call on a socket: what has not left, and the credit that it may leave with.
 *
 * <p>Every method is called with the connection's lock held.
 */
final class MuxResponse {
  private enum Stage {
    /** More may come. */
    OPEN,
    /** Nothing follows what waits. */
    ENDED,
    /** Nothing is wanted any more. */
    OVER
  }

  /** Where the call stands in line to send. Touched by {@link MuxSender} only. */
  enum Turn {
    /** It has nothing to send, or no credit for it. */
    NONE,
    /** It is in line. */
    LINED_UP,
    /** It waits for credit of the socket. */
    STARVED
  }

  /** Whether the call is owed an event. Touched by {@link MuxSender} only. */
  enum Room {
    /** It has not asked, or was told. */
    UNKNOWN,
    /** It was refused, and is told when there is room. */
    WANTED,
    /** It is told when the socket takes more. */
    LINED_UP
  }

  private final int id;
  private final MuxStream stream;
  private int credit;
  private Stage stage = Stage.OPEN;
  private final WriteQueue queue = new WriteQueue();

  /** The first header block, until it leaves. */
  private byte @Nullable [] headers;

  /** The last header block, known at the end or before. */
  private byte @Nullable [] trailers;

  Turn turn = Turn.NONE;
  Room room = Room.UNKNOWN;

  /**
   * Creates an empty answer.
   *
   * @param credit bytes that the client takes
   */
  MuxResponse(int id, MuxStream stream, int credit) {
    this.id = id;
    this.stream = stream;
    this.credit = credit;
  }

  /** Returns who is told of what becomes of the answer. */
  MuxStream stream() {
    return stream;
  }

  boolean isOpen() {
    return stage == Stage.OPEN;
  }

  /** Sets the block that goes before the data. */
  void begin(byte[] block) {
    headers = block;
  }

  /** Sets the block that is the whole answer. */
  void beginLast(byte[] block) {
    trailers = block;
  }

  /** Returns the block that {@link #beginLast} has set. */
  byte @Nullable [] last() {
    return trailers;
  }

  void write(byte[] bytes, int offset, int length) {
    queue.add(bytes, offset, length);
  }

  /** Sets the block that goes behind the data. */
  void end(byte[] block) {
    trailers = block;
    stage = Stage.ENDED;
  }

  /** Forgets the writes of which nothing has left. */
  void discard() {
    queue.discard();
  }

  /** Forgets everything. */
  void close() {
    stage = Stage.OVER;
    headers = null;
    trailers = null;
    queue.clear();
  }

  long size() {
    return queue.size();
  }

  /** Returns false if it is more credit than there can be. */
  boolean credit(int count) {
    if (count > Integer.MAX_VALUE - credit) {
      return false;
    }
    credit += count;
    return true;
  }

  /** Returns whether there is something to send that the credit suffices for. */
  boolean maySend(int socketCredit) {
    if (headers != null) {
      return true;
    }
    return queue.isEmpty() ? stage == Stage.ENDED : credit > 0 && socketCredit > 0;
  }

  /** Returns whether nothing but the socket would hold up a write. */
  boolean takesMore() {
    return stage == Stage.OPEN && queue.isEmpty() && credit > 0;
  }

  /** Takes the message that begins the answer; null if there is none. */
  byte @Nullable [] takeHeaders() {
    byte[] block = headers;
    headers = null;
    return block == null ? null : MuxWriter.headers(id, block);
  }

  /** Takes the next message of data, with at most so many bytes; null if there is none. */
  byte @Nullable [] takeData(int most) {
    int length = (int) Math.min(Math.min(most, credit), queue.size());
    if (length == 0) {
      return null;
    }
    credit -= length;
    return MuxWriter.data(id, queue, length);
  }

  /** Returns the message that ends the answer if nothing is before it, else null. */
  byte @Nullable [] takeTrailers() {
    byte[] block = trailers;
    return stage == Stage.ENDED && queue.isEmpty() && block != null
        ? MuxWriter.trailers(id, block)
        : null;
  }
}

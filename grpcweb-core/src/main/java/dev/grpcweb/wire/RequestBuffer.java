// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.ExchangeInput;
import java.util.ArrayDeque;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a client has sent of a request before it was asked for: a WebSocket cannot be told to wait.
 * Passes it on as an exchange must, one chunk each time the call asks.
 *
 * <p>Thread-safe; the call is told without a lock, by one thread at a time.
 */
final class RequestBuffer {
  /** The most that is passed on at once. */
  static final int CHUNK = 16 * 1024;

  /** Parts that are shorter share an array of this size. */
  private static final int SHARED = 4 * 1024;

  private enum Stage {
    /** More may come. */
    OPEN,
    /** Everything has come. */
    ENDED,
    /** Nothing is passed on any more. */
    CLOSED
  }

  private static final class Block {
    final byte[] bytes;
    int from;
    int to;

    Block(byte[] bytes, int from, int to) {
      this.bytes = bytes;
      this.from = from;
      this.to = to;
    }
  }

  private final IntConsumer taken;

  /** Guarded by this. */
  private final ArrayDeque<Block> blocks = new ArrayDeque<>(2);

  /** Guarded by this. */
  private Stage stage = Stage.OPEN;

  /** Guarded by this. */
  private long size;

  /** Whether the call wants a chunk or the end. Guarded by this. */
  private boolean asked;

  /** Whether a thread is telling the call. Guarded by this. */
  private boolean telling;

  /** Guarded by this. */
  private @Nullable ExchangeInput call;

  /**
   * Creates an empty buffer.
   *
   * @param taken told how many bytes were passed on, after the call has taken them
   */
  RequestBuffer(IntConsumer taken) {
    this.taken = taken;
  }

  /** Called before anything is asked for. */
  synchronized void bind(ExchangeInput input) {
    call = input;
  }

  /** Called from a container thread. The array belongs to the buffer from now on. */
  void add(byte[] bytes, int offset, int length) {
    synchronized (this) {
      if (stage != Stage.OPEN || length == 0) {
        return;
      }
      size += length;
      keep(bytes, offset, length);
    }
    tell();
  }

  /** Many short parts must not cost more than their bytes. */
  private void keep(byte[] bytes, int offset, int length) {
    Block last = blocks.peekLast();
    if (last == null || length >= SHARED) {
      blocks.add(new Block(bytes, offset, offset + length));
      return;
    }
    if (last.bytes.length - last.to < length) {
      last = new Block(new byte[SHARED], 0, 0);
      blocks.add(last);
    }
    System.arraycopy(bytes, offset, last.bytes, last.to, length);
    last.to += length;
  }

  /** Called from a container thread: everything has come. */
  void end() {
    synchronized (this) {
      if (stage != Stage.OPEN) {
        return;
      }
      stage = Stage.ENDED;
    }
    tell();
  }

  /** Called from any thread: the call wants one more chunk, or the end. */
  void ask() {
    synchronized (this) {
      asked = true;
    }
    tell();
  }

  /** Called from any thread: forgets everything, and takes nothing more. */
  synchronized void close() {
    stage = Stage.CLOSED;
    blocks.clear();
    size = 0;
  }

  /** Returns the number of bytes that have not been passed on. */
  synchronized long size() {
    return size;
  }

  /** One that asks from inside a delivery is served after it, by the thread that is there. */
  private void tell() {
    while (true) {
      Slice next;
      ExchangeInput to;
      synchronized (this) {
        to = call;
        boolean nothing = blocks.isEmpty() && stage != Stage.ENDED;
        if (telling || !asked || nothing || to == null || stage == Stage.CLOSED) {
          return;
        }
        next = poll();
        if (next == null) {
          stage = Stage.CLOSED;
        }
        asked = false;
        telling = true;
      }
      try {
        pass(next, to);
      } finally {
        synchronized (this) {
          telling = false;
        }
      }
    }
  }

  private void pass(@Nullable Slice next, ExchangeInput to) {
    if (next == null) {
      to.receivedEnd();
    } else {
      to.received(next.bytes, next.offset, next.length);
      taken.accept(next.length);
    }
  }

  private @Nullable Slice poll() {
    Block first = blocks.peek();
    if (first == null) {
      return null;
    }
    Slice next = new Slice(first.bytes, first.from, Math.min(CHUNK, first.to - first.from));
    first.from += next.length;
    size -= next.length;
    if (first.from == first.to) {
      blocks.remove();
    }
    return next;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Carries queued bytes to the container: {@link #pump} is the one door, woken by the threads that
 * write and by the container.
 *
 * <p>Thread rule: every method is called with the exchange's lock held. Each operation on the
 * container is preceded by {@code isReady() == true}, and after {@code false} nothing is touched
 * until the container has called {@link #onWritePossible}. No array is used again.
 */
final class ResponsePump {
  /** Whose turn it is. */
  enum Stage {
    /** The container does not know of the pump yet; everything is queued. */
    NEW,
    /** The container owes a call to {@link #onWritePossible}. */
    WAITING,
    /** The container takes more; any thread may pump. */
    READY,
    /** The response has been completed. */
    COMPLETED,
    /** The response failed or was broken off; it is not touched any more. */
    GONE
  }

  /** How far the end of the response is. */
  private enum Ending {
    /** Not asked for. */
    NONE,
    /** Follows what is queued. */
    ASKED,
    /** Waits, and the response with it as far as it has not begun, for the rest of the request. */
    AWAITING,
    /** Everything is sent; completion waits for the rest of the request to be thrown away. */
    HELD,
    /** Completion waits for nothing but the container. */
    RELEASED
  }

  private static final class Chunk {
    final byte[] bytes;
    final int offset;
    final int length;

    Chunk(byte[] bytes, int offset, int length) {
      this.bytes = bytes;
      this.offset = offset;
      this.length = length;
    }
  }

  /** Queued writes are gathered up to this size into one. */
  private static final int BURST = 32 * 1024;

  private final ResponseSink sink;
  private final ExchangeEvents events;
  private final RequestRest rest;
  private final Deque<Chunk> queue = new ArrayDeque<>();
  private long queuedBytes;
  private Stage stage = Stage.NEW;
  private Ending ending = Ending.NONE;

  /** Whether a flush was asked for and not made yet. */
  private boolean flushAsked;

  /** Whether anything of the response was handed over. */
  private boolean begun;

  /** Whether something was handed over since the last flush. */
  private boolean unflushed;

  /** Whether the core was refused and so waits for {@link ExchangeEvents#writable}. */
  private boolean writableOwed = true;

  /** Whether a frame of {@link #pump} is running; one inside it only notes its wake-up. */
  private boolean pumping;

  /** Whether the container called while a frame of {@link #pump} was running. */
  private boolean woken;

  ResponsePump(ResponseSink sink, ExchangeEvents events, RequestRest rest) {
    this.sink = sink;
    this.events = events;
    this.rest = rest;
  }

  /** Notes that the container is about to be told of the pump, and so owes its first call. */
  void start() {
    if (stage == Stage.NEW) {
      stage = Stage.WAITING;
    }
  }

  /** Called when the container takes more, or without a reason. */
  void onWritePossible() {
    if (stage == Stage.WAITING || stage == Stage.READY) {
      stage = Stage.READY;
      woken = true;
      pump();
    }
  }

  void write(byte[] bytes, int offset, int length) {
    if (isOpen() && length > 0) {
      queue.add(new Chunk(bytes, offset, length));
      queuedBytes += length;
    }
  }

  void flush() {
    if (isOpen()) {
      flushAsked = true;
      pump();
    }
  }

  /** Ends the response after what is queued. */
  void end() {
    if (isOpen()) {
      ending = Ending.ASKED;
      pump();
    }
  }

  /** Lets a held completion go on: the rest of the request has been dealt with. */
  void release() {
    if (ending == Ending.HELD || ending == Ending.AWAITING) {
      ending = ending == Ending.HELD ? Ending.RELEASED : Ending.ASKED;
      pump();
    }
  }

  /** Forgets everything and touches the response no more. */
  Stage close() {
    Stage before = stage;
    if (stage != Stage.COMPLETED) {
      stage = Stage.GONE;
    }
    discardQueued();
    return before;
  }

  void discardQueued() {
    queue.clear();
    queuedBytes = 0;
  }

  boolean isWritable() {
    boolean writable = stage == Stage.READY && queue.isEmpty() && ending == Ending.NONE;
    writableOwed |= !writable;
    return writable;
  }

  long queuedBytes() {
    return queuedBytes;
  }

  private boolean isOpen() {
    return ending == Ending.NONE && stage != Stage.COMPLETED && stage != Stage.GONE;
  }

  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (stage == Stage.READY) {
        if (!isReady() || stage != Stage.READY) {
          // Not ready, or ended by a callback from inside the question; the condition knows which.
          continue;
        }
        if (!step()) {
          break;
        }
      }
    } catch (IOException | RuntimeException e) {
      // A container says by IllegalStateException too that the exchange has ended.
      failed(e);
    } finally {
      pumping = false;
    }
    tellWritable();
  }

  private void failed(Exception cause) {
    close();
    events.disconnected(cause);
    sink.failed(cause);
  }

  /** Asks the container; it may call back from inside the question, which is then asked again. */
  private boolean isReady() {
    woken = false;
    boolean ready = sink.isReady();
    if (!ready && !woken && stage == Stage.READY) {
      stage = Stage.WAITING;
    }
    return ready;
  }

  /** Does one thing that the container was ready for; returns whether there may be another. */
  private boolean step() throws IOException {
    if (!begun && isRestAwaited()) {
      return awaitRest();
    }
    if (!queue.isEmpty() && ending != Ending.AWAITING) {
      Chunk burst = takeBurst();
      begun = true;
      unflushed = true;
      sink.write(burst.bytes, burst.offset, burst.length);
      return true;
    }
    return switch (ending) {
      case NONE -> flushStep(flushAsked);
      case ASKED -> endStep();
      case AWAITING, HELD -> false;
      case RELEASED -> complete();
    };
  }

  private boolean flushStep(boolean due) throws IOException {
    if (due) {
      begun = true;
      flushAsked = false;
      unflushed = false;
      sink.flush();
    }
    return due;
  }

  private boolean endStep() throws IOException {
    if (rest.isRead()) {
      return flushStep(unflushed && sink.completionBlocks()) || complete();
    }
    if (rest.comesFirst()) {
      return flushStep(unflushed) || awaitRest();
    }
    // A client that sees its answer may stop sending, and must not wait for the answer's end then.
    sink.endBody();
    ending = Ending.HELD;
    events.completed();
    rest.discard();
    // It may have been thrown away within the call, while this frame kept release() from pumping.
    return ending == Ending.RELEASED;
  }

  private boolean isRestAwaited() {
    return ending == Ending.ASKED && rest.comesFirst() && !rest.isRead();
  }

  private boolean awaitRest() {
    ending = Ending.AWAITING;
    rest.discard();
    // It may have been thrown away within the call, while this frame kept release() from pumping.
    return ending == Ending.ASKED;
  }

  private boolean complete() throws IOException {
    stage = Stage.COMPLETED;
    sink.complete();
    events.completed();
    return false;
  }

  /** Takes the first write, with those behind it as far as they fit into one burst. */
  private Chunk takeBurst() {
    Chunk first = queue.remove();
    int size = first.length;
    int count = 0;
    for (Chunk next : queue) {
      if (size + next.length > BURST) {
        break;
      }
      size += next.length;
      count++;
    }
    queuedBytes -= size;
    if (count == 0) {
      return first;
    }
    byte[] bytes = new byte[size];
    int at = copy(first, bytes, 0);
    for (int i = 0; i < count; i++) {
      at = copy(queue.remove(), bytes, at);
    }
    return new Chunk(bytes, 0, size);
  }

  private static int copy(Chunk chunk, byte[] into, int at) {
    System.arraycopy(chunk.bytes, chunk.offset, into, at, chunk.length);
    return at + chunk.length;
  }

  private void tellWritable() {
    if (stage == Stage.WAITING) {
      writableOwed = true;
    } else if (writableOwed && stage == Stage.READY && queue.isEmpty() && ending == Ending.NONE) {
      writableOwed = false;
      events.writable();
    }
  }
}

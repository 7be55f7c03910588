// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The outbound pipe of one HTTP call: head, frames, trailers.
 *
 * <p>A message on a quiet stream leaves at once, on the thread that sends it. Messages that follow
 * within {@link #QUIET_NANOS} gather in one array and leave together: when {@link #BURST} bytes are
 * there, when the exchange has become writable, or when the flusher, which was asked with the first
 * of them, gets to run. So nothing waits longer than for one hand-off between threads, and a burst
 * costs one write.
 *
 * <p>The sender's thread encodes a message into the array behind the bytes that others can see, so
 * the service's marshaller never runs under the lock. The lock is held while the exchange is
 * called; what the exchange reports meanwhile waits in {@link #outsideLock}.
 */
final class ResponseWriter {
  static final int BURST = 32 * 1024;
  static final long QUIET_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  /** Room for an OK trailers frame, so that a unary answer is one array. */
  private static final int TRAILERS_ROOM = 64;

  private static final int FIRST_BURST = 4 * 1024;
  private static final byte[] NO_BYTES = {};

  private enum Stage {
    /** The exchange has not begun. */
    IDLE,
    /** The head was passed on. */
    BEGUN,
    /** The response has ended or cannot go on; everything is ignored. */
    ENDED
  }

  private final Exchange exchange;
  private final WireFormat format;
  private final Limits limits;
  private final Executor flusher;
  private final Runnable onReady;
  private final ReentrantLock lock = new ReentrantLock();

  /** What was reported while this thread held the lock. Guarded by the lock. */
  private final ArrayDeque<Runnable> deferred = new ArrayDeque<>(2);

  /** Guarded by the lock. */
  private Stage stage = Stage.IDLE;

  /** The gathering array. Guarded by the lock, but for what lies behind {@link #to}. */
  private byte[] gather = NO_BYTES;

  /** Where the gathered bytes begin. Guarded by the lock. */
  private int from;

  /**
   * Where the gathered bytes end; behind it only the sender's thread writes. Guarded by the lock.
   */
  private int to;

  /** Whether the sender's thread is writing behind {@link #to}. Guarded by the lock. */
  private boolean encoding;

  /** The size of the next gathering array. Guarded by the lock. */
  private int nextCapacity = FIRST_BURST;

  /** When bytes were last passed on. Guarded by the lock. */
  private long lastFlush = System.nanoTime() - QUIET_NANOS;

  /** Whether the flusher was asked. Guarded by the lock. */
  private boolean flushPending;

  /**
   * Whether the call was told that it is not ready, by the rule of the threshold. Guarded by the
   * lock.
   */
  private boolean overThreshold;

  /** Guarded by the lock. */
  private int onReadyThreshold;

  ResponseWriter(
      Exchange exchange, WireFormat format, Limits limits, Executor flusher, Runnable onReady) {
    this.exchange = exchange;
    this.format = format;
    this.limits = limits;
    this.flusher = flusher;
    this.onReady = onReady;
    this.onReadyThreshold = limits.onReadyThreshold();
  }

  /** Called from the sender's thread with the response's own header fields. */
  void head(Headers own) {
    lock.lock();
    try {
      if (stage == Stage.IDLE) {
        begin(own);
      }
    } finally {
      unlock();
    }
  }

  /**
   * Called from the sender's thread: writes one frame behind what is gathered.
   *
   * @param size the number of bytes that the stream holds
   * @throws io.grpc.StatusRuntimeException if the queue has no room for it
   */
  void frame(int flags, InputStream message, int size) {
    int need = FrameWriter.PREFIX_LENGTH + size;
    byte[] target;
    int at;
    lock.lock();
    try {
      if (stage == Stage.ENDED) {
        return;
      }
      checkQueue(need);
      if (gather.length - to < need) {
        passOn();
        gather = new byte[capacity(need)];
        from = 0;
        to = 0;
      }
      target = gather;
      at = to;
      encoding = true;
    } finally {
      unlock();
    }
    boolean whole = false;
    try {
      FrameWriter.prefix(target, at, flags, size);
      FrameWriter.fill(message, target, at + FrameWriter.PREFIX_LENGTH, size);
      whole = true;
    } finally {
      lock.lock();
      encoding = false;
      if (whole && stage != Stage.ENDED) {
        if (gather != target) {
          gather = target;
          from = at;
        }
        to = at + need;
      }
      unlock();
    }
  }

  /** Called from the sender's thread: lets go what is gathered, now or with its burst. */
  void flush() {
    boolean ask = false;
    lock.lock();
    try {
      if (stage == Stage.BEGUN) {
        ask = flushOrGather();
      }
    } finally {
      unlock();
    }
    if (ask) {
      flusher.execute(this::flushGathered);
    }
  }

  /** Called from any thread: the exchange takes bytes again. */
  void writable() {
    flushGathered();
  }

  /** Called from the flusher's or any other thread. */
  private void flushGathered() {
    lock.lock();
    try {
      flushPending = false;
      if (stage == Stage.BEGUN && exchange.isWritable()) {
        flushNow();
      }
    } finally {
      unlock();
    }
  }

  /**
   * Called from any thread: ends the response, also in the middle of a frame of another thread.
   *
   * @param inHeaders whether a status without anything before it goes into the head
   * @return whether this was the end, and not something before it
   */
  boolean end(Status status, Metadata trailers, boolean inHeaders) {
    Headers own = new Headers();
    lock.lock();
    try {
      if (stage == Stage.ENDED) {
        return false;
      }
      if (stage == Stage.IDLE && inHeaders) {
        format.trailersOnly(own, status, trailers);
        begin(own);
      } else {
        if (stage == Stage.IDLE) {
          begin(own);
        }
        append(format.trailers(status, trailers));
        passOn();
      }
      stage = Stage.ENDED;
      gather = NO_BYTES;
      exchange.end(new Headers());
      return true;
    } finally {
      unlock();
    }
  }

  /** Called from any thread: forgets everything, since nothing can be sent. */
  void stop() {
    lock.lock();
    try {
      stage = Stage.ENDED;
      gather = NO_BYTES;
    } finally {
      unlock();
    }
  }

  /** Returns whether the format has bytes that mean nothing. */
  boolean canKeepAlive() {
    return format.idleBytes().length > 0;
  }

  /** Called from the timer: sends what means nothing if the stream has been quiet for so long. */
  void keepAlive(long quietNanos) {
    lock.lock();
    try {
      byte[] idle = format.idleBytes();
      if (stage == Stage.BEGUN
          && exchange.isWritable()
          && System.nanoTime() - lastFlush >= quietNanos) {
        exchange.write(idle, 0, idle.length);
        exchange.flush();
        lastFlush = System.nanoTime();
      }
    } finally {
      unlock();
    }
  }

  /** Called from any thread. */
  boolean isReady() {
    lock.lock();
    try {
      return stage != Stage.ENDED && queued() < onReadyThreshold;
    } finally {
      unlock();
    }
  }

  /** Called from any thread. */
  boolean isEnded() {
    lock.lock();
    try {
      return stage == Stage.ENDED;
    } finally {
      unlock();
    }
  }

  /** Called from the service's thread. */
  void setOnReadyThreshold(int bytes) {
    lock.lock();
    try {
      onReadyThreshold = bytes;
    } finally {
      unlock();
    }
  }

  /**
   * Called from any thread: runs an event of the exchange at once, or, if this thread is inside a
   * call to the exchange, when it has left the lock.
   */
  void outsideLock(Runnable event) {
    if (lock.isHeldByCurrentThread()) {
      deferred.add(event);
    } else {
      event.run();
    }
  }

  private void begin(Headers own) {
    Headers all = new Headers().add("content-type", format.contentType());
    own.forEach(all::add);
    exchange.begin(new ResponseHead(200, all));
    stage = Stage.BEGUN;
  }

  /** Returns whether the flusher must be asked. */
  private boolean flushOrGather() {
    if (!exchange.isWritable() && to - from < BURST) {
      // What is gathered leaves when the exchange reports that it is writable.
      exchange.flush();
      noteThreshold();
      return false;
    }
    if (to - from >= BURST || System.nanoTime() - lastFlush >= QUIET_NANOS) {
      flushNow();
      return false;
    }
    boolean ask = !flushPending;
    flushPending = true;
    return ask;
  }

  private void flushNow() {
    if (from < to) {
      passOn();
      lastFlush = System.nanoTime();
    }
    exchange.flush();
    if (!encoding) {
      gather = NO_BYTES;
      from = 0;
      to = 0;
    }
    noteThreshold();
  }

  private void noteThreshold() {
    boolean over = queued() >= onReadyThreshold;
    if (overThreshold && !over) {
      deferred.add(onReady);
    }
    overThreshold = over;
  }

  private void checkQueue(int need) {
    long queued = queued();
    if (queued > 0 && queued + need > limits.maxQueuedBytes()) {
      exchange.discardQueued();
      from = to;
      throw Status.RESOURCE_EXHAUSTED
          .withDescription(
              "Response queue is full: limit "
                  + limits.maxQueuedBytes()
                  + " bytes, queued "
                  + queued
                  + ", next frame "
                  + need)
          .asRuntimeException();
    }
  }

  private int capacity(int need) {
    if (System.nanoTime() - lastFlush >= QUIET_NANOS) {
      nextCapacity = FIRST_BURST;
      return need + TRAILERS_ROOM;
    }
    int capacity = Math.max(need, nextCapacity);
    nextCapacity = Math.min(BURST, nextCapacity * 2);
    return capacity;
  }

  private void append(byte[] frame) {
    if (!encoding && gather.length - to >= frame.length) {
      System.arraycopy(frame, 0, gather, to, frame.length);
      to += frame.length;
    } else {
      passOn();
      gather = frame;
      from = 0;
      to = frame.length;
    }
  }

  private void passOn() {
    if (from < to) {
      format.write(exchange, gather, from, to - from);
      from = to;
    }
  }

  private long queued() {
    return (to - from) + exchange.queuedBytes();
  }

  private void unlock() {
    if (lock.getHoldCount() > 1 || deferred.isEmpty()) {
      lock.unlock();
      return;
    }
    Runnable[] events = deferred.toArray(new Runnable[0]);
    deferred.clear();
    lock.unlock();
    for (Runnable event : events) {
      event.run();
    }
  }
}

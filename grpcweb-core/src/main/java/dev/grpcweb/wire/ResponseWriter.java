// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.Headers;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.InputStream;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.function.LongSupplier;

/**
 * The outbound pipe of one HTTP call: head, frames, trailers.
 *
 * <p>A message on a quiet stream leaves at once, on the thread that sends it. Messages that follow
 * within {@link SendQueue#QUIET_NANOS} gather in a {@link Burst} and leave together: when it is
 * full, when the exchange has become writable, or when the flusher, which was asked with the first
 * of them, gets to run. So nothing waits longer than for one hand-off between threads, and a burst
 * costs one write.
 *
 * <p>The sender's thread encodes a message into the array behind the bytes that others can see, so
 * the service's marshaller never runs under the lock. The lock is held while the exchange is
 * called; what the exchange reports meanwhile waits in {@link EventLock}.
 */
final class ResponseWriter {
  private enum Stage {
    /** The exchange has not begun. */
    IDLE,
    /** The head was passed on. */
    BEGUN,
    /** The response has ended or cannot go on; everything is ignored. */
    ENDED
  }

  private final WireFormat format;
  private final WireSettings settings;
  private final Runnable onReady;
  private final EventLock lock = new EventLock();

  /** Signalled when the queue has been taken, or will never be. */
  private final Condition room = lock.newCondition();

  /** Guarded by the lock. */
  private Stage stage = Stage.IDLE;

  /** Guarded by the lock. */
  private final SendQueue queue;

  /** Whether the flusher was asked. Guarded by the lock. */
  private boolean flushPending;

  /** Whether the call is owed an onReady when the queue has shrunk. Guarded by the lock. */
  private boolean overThreshold;

  /** Guarded by the lock. */
  private int onReadyThreshold;

  /**
   * Creates the pipe.
   *
   * @param onReady runs, outside the lock, when the queue has shrunk below the threshold
   */
  ResponseWriter(Exchange exchange, WireFormat format, WireSettings settings, Runnable onReady) {
    this(exchange, format, settings, onReady, System::nanoTime);
  }

  /** Creates the pipe with a clock of its own, in nanoseconds. */
  ResponseWriter(
      Exchange exchange,
      WireFormat format,
      WireSettings settings,
      Runnable onReady,
      LongSupplier clock) {
    this.format = format;
    this.settings = settings;
    this.onReady = onReady;
    this.queue = new SendQueue(exchange, format, settings.limits().maxQueuedBytes(), clock);
    this.onReadyThreshold = settings.limits().onReadyThreshold();
  }

  /** Called from the sender's thread with the response's own header fields. */
  void head(Headers own) {
    lock.lock();
    try {
      if (stage == Stage.IDLE) {
        begin(own);
      }
    } finally {
      lock.unlock();
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
    if (settings.fullQueue() == FullQueue.BLOCKS) {
      awaitRoom(need);
    }
    byte[] target;
    int at;
    lock.lock();
    try {
      if (stage == Stage.ENDED) {
        return;
      }
      if (settings.fullQueue() == FullQueue.REFUSES && queue.isFull(need)) {
        throw queue.overflow(need);
      }
      target = queue.claim(need);
      at = queue.end();
    } finally {
      lock.unlock();
    }
    boolean whole = false;
    try {
      FrameWriter.prefix(target, at, flags, size);
      FrameWriter.fill(message, target, at + FrameWriter.PREFIX_LENGTH, size);
      whole = true;
    } finally {
      claimed(need, whole);
    }
  }

  /** Gathers what was written into the claimed room if it is a whole frame. */
  private void claimed(int need, boolean whole) {
    lock.lock();
    try {
      if (whole && stage != Stage.ENDED) {
        queue.commit(need);
        overThreshold |= isOverThreshold();
      } else {
        queue.release();
      }
    } finally {
      lock.unlock();
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
      lock.unlock();
    }
    if (ask) {
      try {
        settings.flusher().execute(this::flushGathered);
      } catch (RejectedExecutionException stopped) {
        flushGathered();
      }
    }
  }

  /** Called from any thread, also from inside the exchange: it takes bytes again. */
  void writable() {
    lock.outside(
        () -> {
          flushGathered();
          signalRoom();
        });
  }

  /** Called from the flusher's or any other thread. */
  private void flushGathered() {
    lock.lock();
    try {
      flushPending = false;
      if (stage == Stage.BEGUN && queue.isWritable()) {
        queue.flush();
        noteThreshold();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called from any thread: ends the response, also in the middle of another thread's frame. */
  void end(Status status, Metadata trailers) {
    Headers last = TrailerFields.of(status, trailers);
    lock.lock();
    try {
      if (stage == Stage.ENDED) {
        return;
      }
      if (stage == Stage.IDLE && !status.isOk() && mayEndWithHead()) {
        queue.beginLast(last);
        last = new Headers();
      } else {
        if (stage == Stage.IDLE) {
          begin(new Headers());
        }
        last = queue.passOnLast(last);
      }
      ended();
      queue.close(last);
    } finally {
      lock.unlock();
    }
  }

  /**
   * A native client that has seen no more than a status may try again: headers commit it to the
   * call. For the others it is a matter of taste.
   */
  private boolean mayEndWithHead() {
    return format.hasHttpTrailers() ? queue.endsWithHead() : settings.statusInHeaders();
  }

  /** Called from any thread: ends the response without what its client is too slow to take. */
  void cancel(Status status) {
    lock.lock();
    try {
      if (stage != Stage.ENDED) {
        queue.discardUntaken();
      }
      end(status, new Metadata());
    } finally {
      lock.unlock();
    }
  }

  /** Called from any thread: forgets everything, since nothing can be sent. */
  void stop() {
    lock.lock();
    try {
      ended();
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether the format has bytes that mean nothing. */
  boolean canKeepAlive() {
    return format.idleBytes().length > 0;
  }

  /**
   * Called from the timer: sends what means nothing if the stream has been quiet for so long.
   *
   * @return after how many nanoseconds to call again
   */
  long keepAlive(long quietNanos) {
    lock.lock();
    try {
      long quiet = queue.quietNanos();
      if (quiet < quietNanos) {
        return quietNanos - quiet;
      }
      if (stage == Stage.BEGUN && queue.isWritable()) {
        queue.idle();
      }
      return quietNanos;
    } finally {
      lock.unlock();
    }
  }

  /** Called from any thread. */
  boolean isReady() {
    lock.lock();
    try {
      return stage != Stage.ENDED && !isOverThreshold();
    } finally {
      lock.unlock();
    }
  }

  /** Called from any thread. */
  boolean isEnded() {
    lock.lock();
    try {
      return stage == Stage.ENDED;
    } finally {
      lock.unlock();
    }
  }

  /** Called from the service's thread. */
  void setOnReadyThreshold(int bytes) {
    lock.lock();
    try {
      onReadyThreshold = bytes;
      noteThreshold();
    } finally {
      lock.unlock();
    }
  }

  /** Called from any thread: tells the call, but not while this thread is inside the exchange. */
  void outsideLock(Runnable event) {
    lock.outside(event);
  }

  private void begin(Headers own) {
    // First: the exchange may report within this call that it is over.
    stage = Stage.BEGUN;
    queue.begin(own);
  }

  private void ended() {
    stage = Stage.ENDED;
    queue.clear();
    room.signalAll();
  }

  /** Returns whether the flusher must be asked. */
  private boolean flushOrGather() {
    queue.flushPassed();
    boolean writable = queue.isWritable();
    boolean due = queue.isDue(writable);
    if (due) {
      queue.flush();
    }
    noteThreshold();
    // What the exchange does not take now leaves when it reports that it is writable.
    boolean ask = !due && writable && queue.isGathering() && !flushPending;
    flushPending |= ask;
    return ask;
  }

  private boolean isOverThreshold() {
    return queue.size() >= onReadyThreshold;
  }

  private void noteThreshold() {
    boolean over = isOverThreshold();
    if (over && queue.isWritable()) {
      // Only who was refused is told when the exchange takes more. This one was not: what was over
      // has left meanwhile, and nobody will tell of it.
      over = isOverThreshold();
    }
    if (overThreshold && !over) {
      lock.whenLeft(onReady);
    }
    overThreshold = over;
  }

  /** Blocks the sender's thread until the frame fits or nothing can be sent any more. */
  private void awaitRoom(int need) {
    try {
      while (true) {
        // Each turn leaves the lock: what the exchange reports to this thread must be heard.
        lock.lock();
        try {
          if (stage == Stage.ENDED || !queue.isFull(need)) {
            return;
          }
          if (queue.isWritable()) {
            queue.flush();
          } else {
            room.await();
          }
        } finally {
          lock.unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED
          .withDescription("Interrupted while waiting for room in the response queue")
          .withCause(e)
          .asRuntimeException();
    }
  }

  private void signalRoom() {
    lock.lock();
    try {
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.transport.ExchangeInput;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries the request body to the core, one chunk for each time it is asked: {@link #pump} is the
 * one door, woken by the threads that ask and by the container.
 *
 * <p>Thread rule: {@link #pump} is called without the exchange's lock, by any thread; everything
 * else with it. Once the container has said that there is data, and until it says that there is no
 * more, whichever thread asks does the reading. One thread at a time reads and delivers; a source
 * may release the lock while it is called, so anything may have changed when it returns.
 */
final class RequestPump {
  /** Whose turn it is. */
  private enum Stage {
    /** The container owes a callback. */
    WAITING,
    /** The container has offered data and was not told to wait since. */
    AVAILABLE,
    /** The body has been read up to its end. */
    ENDED,
    /** Nothing is read or delivered any more. */
    CLOSED
  }

  /** What becomes of the bytes. */
  private enum Purpose {
    /** They go to the core when it asks. */
    DELIVER,
    /** The core has got the end, or wants no more. */
    DELIVERED,
    /** They are thrown away. */
    DISCARD
  }

  /** The most that is read at once. */
  static final int CHUNK = 16 * 1024;

  private static final byte[] END = new byte[0];

  /** Bodies of unknown length are read into this, then copied out in their size. */
  private static final ThreadLocal<byte[]> SCRATCH = ThreadLocal.withInitial(() -> new byte[CHUNK]);

  private final ExchangeLock lock;
  private final RequestSource source;
  private final Consumer<Exception> failed;

  /** Called under the lock when throwing away has come to its end; set before it is begun. */
  private Runnable discarded = () -> {};

  /** Bytes to come, or -1 where the client did not say. */
  private long remaining;

  /** Bytes that may still be thrown away. */
  private long discardLimit;

  private @Nullable ExchangeInput input;
  private Stage stage = Stage.WAITING;
  private Purpose purpose = Purpose.DELIVER;

  /** Whether the core has asked and not been served yet. */
  private boolean asked;

  /** Whether a thread is reading or delivering; it looks again afterwards. */
  private boolean pumping;

  /** Whether something came up for the thread that is reading or delivering. */
  private boolean lookAgain;

  /** Whether the container called since it was asked last; then it owes no further call. */
  private boolean woken;

  private boolean callbackAwaited;

  /**
   * Creates a pump.
   *
   * @param length of the body, or -1 if it is not known
   * @param failed told under the lock that reading has failed
   */
  RequestPump(ExchangeLock lock, RequestSource source, long length, Consumer<Exception> failed) {
    this.lock = lock;
    this.source = source;
    this.remaining = length;
    this.failed = failed;
    if (length == 0) {
      stage = Stage.ENDED;
    }
  }

  /** Sets whom to deliver to. */
  void bind(ExchangeInput core) {
    input = core;
    wake();
  }

  private void wake() {
    if (pumping) {
      lookAgain = true;
    } else {
      lock.wakeReader();
    }
  }

  /** Called when the container has data. */
  void onDataAvailable() {
    if (stage == Stage.WAITING || stage == Stage.AVAILABLE) {
      stage = Stage.AVAILABLE;
      woken = true;
      wake();
    }
  }

  /**
   * Called at the end of the body: by any thread, from inside a read as well, also twice. Tomcat
   * calls too early when it looked while another thread was between two steps of a read; it does
   * not call again then, but may be read.
   */
  void onAllDataRead() {
    if (stage == Stage.WAITING || stage == Stage.AVAILABLE) {
      stage = source.isFinished() ? Stage.ENDED : Stage.AVAILABLE;
      woken = true;
      wake();
    }
  }

  /** Asks for one more delivery. */
  void resume() {
    if (purpose == Purpose.DELIVER) {
      asked = true;
      wake();
    }
  }

  /** Reads and delivers no more. */
  void close() {
    stage = Stage.CLOSED;
  }

  /** Delivers nothing more; the rest may still be thrown away. */
  void stopDelivering() {
    if (purpose == Purpose.DELIVER) {
      purpose = Purpose.DELIVERED;
      asked = false;
    }
  }

  /** Returns whether there is nothing to read. */
  boolean isEnded() {
    return stage == Stage.ENDED || stage == Stage.CLOSED;
  }

  /** Returns whether the container has been asked to call and has not done so. */
  boolean isCallbackOwed() {
    return stage == Stage.WAITING;
  }

  /** Returns whether nothing is left that would still be thrown away. */
  boolean isRead() {
    return isEnded() || (discardLimit == 0 && !(callbackAwaited && isCallbackOwed()));
  }

  /** Sets what may be thrown away, whether to await an owed callback, and what to run then. */
  void discardUpTo(long limit, boolean awaitCallback, Runnable then) {
    discardLimit = limit;
    callbackAwaited = awaitCallback;
    discarded = then;
  }

  /** Begins to throw away what is left. */
  void discard() {
    purpose = Purpose.DISCARD;
    wake();
  }

  /** Ends throwing away before its bound is reached, and waiting for a callback. */
  void stopDiscarding() {
    discardLimit = 0;
    callbackAwaited = false;
    wake();
  }

  /** Returns how many bytes may still be thrown away. */
  long discardLimit() {
    return discardLimit;
  }

  /** Delivers or throws away what is asked for and there. Called without the lock. */
  void pump() {
    while (true) {
      ExchangeInput core;
      byte[] chunk;
      lock.lock();
      try {
        core = input;
        if (pumping || core == null) {
          return;
        }
        pumping = true;
        chunk = nextOrNothing();
        if (chunk == null) {
          return;
        }
      } finally {
        lock.unlock();
      }
      try {
        if (chunk == END) {
          core.receivedEnd();
        } else {
          core.received(chunk, 0, chunk.length);
        }
      } finally {
        lock.lock();
        pumping = false;
        lock.unlock();
      }
    }
  }

  private byte @Nullable [] nextOrNothing() {
    byte[] chunk;
    do {
      lookAgain = false;
      chunk = next();
    } while (chunk == null && lookAgain);
    pumping = chunk != null;
    return chunk;
  }

  private byte @Nullable [] next() {
    if (purpose == Purpose.DISCARD) {
      discardAvailable();
      return null;
    }
    if (!asked) {
      return null;
    }
    byte[] chunk = read();
    if (purpose != Purpose.DELIVER) {
      return null;
    }
    if (chunk == null && stage == Stage.ENDED) {
      purpose = Purpose.DELIVERED;
      chunk = END;
    }
    asked &= chunk == null;
    return chunk;
  }

  private byte @Nullable [] read() {
    if (!isReady()) {
      return null;
    }
    boolean exact = remaining > 0 && remaining <= CHUNK;
    byte[] buffer = exact ? new byte[(int) remaining] : SCRATCH.get();
    int length = read(buffer);
    while (length == 0 && isReady()) {
      length = read(buffer);
    }
    if (length <= 0) {
      return null;
    }
    if (exact && length == buffer.length) {
      return buffer;
    }
    byte[] chunk = new byte[length];
    System.arraycopy(buffer, 0, chunk, 0, length);
    return chunk;
  }

  private void discardAvailable() {
    byte[] buffer = SCRATCH.get();
    while (discardLimit > 0 && isReady()) {
      discardLimit -= Math.min(discardLimit, Math.max(0, read(buffer)));
    }
    if (isRead()) {
      discarded.run();
    }
  }

  /** Asks the container; it may call back from inside the question, which is then asked again. */
  private boolean isReady() {
    try {
      while (mayTouch()) {
        if (source.isFinished()) {
          // Tomcat answers the question then under a lock that its threads hold when they call.
          stage = Stage.ENDED;
          break;
        }
        woken = false;
        if (source.isReady()) {
          return mayTouch();
        }
        if (!woken && mayTouch()) {
          stage = source.isFinished() ? Stage.ENDED : Stage.WAITING;
        }
      }
    } catch (RuntimeException e) {
      fail(e);
    }
    return false;
  }

  /** Once nobody wants the rest, the response may be completed, and the request be another's. */
  private boolean mayTouch() {
    return stage == Stage.AVAILABLE && purpose != Purpose.DELIVERED;
  }

  private int read(byte[] buffer) {
    int length;
    try {
      length = source.read(buffer, 0, buffer.length);
    } catch (IOException | RuntimeException e) {
      fail(e);
      return -1;
    }
    if (stage == Stage.CLOSED) {
      return -1;
    }
    if (remaining > 0 && length > 0) {
      remaining -= Math.min(remaining, length);
    }
    if (length < 0 || remaining == 0) {
      stage = Stage.ENDED;
    }
    return length;
  }

  private void fail(Exception cause) {
    close();
    failed.accept(cause);
  }
}

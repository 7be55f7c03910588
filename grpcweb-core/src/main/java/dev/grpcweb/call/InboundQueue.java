// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Where received messages cross from the container's thread to the application's executor. Holds
 * them until the application has asked for them, delivers them in order and the half-close after
 * the last one.
 *
 * <p>{@link #message}, {@link #halfClose}, {@link #request} and {@link #close} may come from any
 * thread; {@link #drain} runs on the executor, once for each wake-up, never concurrently.
 *
 * @param <M> a message
 */
final class InboundQueue<M> {
  /** Takes what is delivered, on the thread of {@link #drain}. */
  interface Receiver<M> {
    void message(M message);

    void halfClose();
  }

  private enum Tail {
    /** More messages may arrive. */
    OPEN,
    /** The half-close has arrived; it is delivered after the last message. */
    HALF_CLOSED,
    /** The half-close was delivered. */
    DELIVERED,
    /** The call is over: nothing is held, taken or delivered any more. */
    CLOSED
  }

  /** Makes the executor call {@link #drain}. Called outside the lock. */
  private final Runnable wake;

  /** Arrived and not yet delivered. Guarded by this. */
  private final ArrayDeque<M> messages = new ArrayDeque<>(2);

  /** How many more messages the application has asked for. Guarded by this. */
  private long demand;

  /** Guarded by this. */
  private Tail tail = Tail.OPEN;

  /**
   * Whether a wake-up is under way that has not yet found the queue undeliverable. Guarded by this.
   */
  private boolean awake;

  InboundQueue(Runnable wake) {
    this.wake = wake;
  }

  /** Called from a container thread. A message that comes after {@link #close} is dropped. */
  void message(M message) {
    boolean deliver;
    synchronized (this) {
      if (tail != Tail.OPEN) {
        return;
      }
      messages.add(message);
      deliver = mustWake();
    }
    wakeIf(deliver);
  }

  /** Called from a container thread when no message follows. */
  void halfClose() {
    boolean deliver;
    synchronized (this) {
      if (tail != Tail.OPEN) {
        return;
      }
      tail = Tail.HALF_CLOSED;
      deliver = mustWake();
    }
    wakeIf(deliver);
  }

  /** Called from any thread: the application takes {@code count} more messages. */
  void request(int count) {
    boolean deliver;
    synchronized (this) {
      demand += count;
      deliver = mustWake();
    }
    wakeIf(deliver);
  }

  /**
   * Called from any thread when the call is over. Nothing is delivered from now on, but for a
   * delivery that has already begun.
   */
  synchronized void close() {
    tail = Tail.CLOSED;
    messages.clear();
  }

  /** Called on the executor after each wake-up: delivers all that can be. */
  void drain(Receiver<? super M> receiver) {
    while (true) {
      @Nullable M message;
      synchronized (this) {
        if (!deliverable()) {
          awake = false;
          return;
        }
        message = messages.poll();
        if (message == null) {
          tail = Tail.DELIVERED;
        } else {
          demand--;
        }
      }
      if (message == null) {
        receiver.halfClose();
      } else {
        receiver.message(message);
      }
    }
  }

  private boolean mustWake() {
    if (awake || !deliverable()) {
      return false;
    }
    awake = true;
    return true;
  }

  private boolean deliverable() {
    return messages.isEmpty() ? tail == Tail.HALF_CLOSED : demand > 0;
  }

  private void wakeIf(boolean deliver) {
    if (deliver) {
      wake.run();
    }
  }
}

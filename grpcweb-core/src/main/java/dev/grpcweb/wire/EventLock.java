// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock under which an exchange is called. An exchange may report an event from inside a call to
 * it; such an event waits until the thread has left the lock, so that nobody is told anything under
 * it.
 *
 * <p>Thread-safe.
 */
final class EventLock {
  private final ReentrantLock lock = new ReentrantLock();

  /** What waits until the holder leaves. Guarded by the lock. */
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(2);

  void lock() {
    lock.lock();
  }

  /** Leaves the lock; the one who leaves it altogether runs what has been waiting for that. */
  void unlock() {
    if (lock.getHoldCount() > 1 || waiting.isEmpty()) {
      lock.unlock();
      return;
    }
    Runnable[] events = waiting.toArray(new Runnable[0]);
    waiting.clear();
    lock.unlock();
    for (Runnable event : events) {
      event.run();
    }
  }

  /** Called with the lock held: the event runs when it is left. */
  void whenLeft(Runnable event) {
    waiting.add(event);
  }

  /** Called from any thread: runs the event at once, or when this thread has left the lock. */
  void outside(Runnable event) {
    if (lock.isHeldByCurrentThread()) {
      whenLeft(event);
    } else {
      event.run();
    }
  }

  Condition newCondition() {
    return lock.newCondition();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one lock of an exchange: whoever touches the request, the response, their streams or the
 * asynchronous context holds it.
 *
 * <p>Nothing is told to the core while it is held. What came up meanwhile is told by its doors,
 * which run when the outermost frame has released it: a container calls listeners from inside a
 * write or a read as well, where the lock is held already.
 */
final class ExchangeLock {
  private final ReentrantLock lock = new ReentrantLock();

  /** Written once, before the exchange is known to a second thread. */
  private List<Runnable> doors = List.of();

  /** Whether the doors have something to do; guarded by the lock. */
  private boolean due;

  /** Sets what runs after a release, in this order; each must do nothing when woken for nothing. */
  void doors(Runnable... runnables) {
    doors = List.of(runnables);
  }

  void lock() {
    lock.lock();
  }

  /** Makes the doors run after the release. The lock is held. */
  void wakeDoors() {
    due = true;
  }

  /** Releases the lock; the outermost release runs the doors if something woke them. */
  void unlock() {
    boolean open = due && lock.getHoldCount() == 1;
    if (open) {
      due = false;
    }
    lock.unlock();
    if (open) {
      for (Runnable door : doors) {
        door.run();
      }
    }
  }
}

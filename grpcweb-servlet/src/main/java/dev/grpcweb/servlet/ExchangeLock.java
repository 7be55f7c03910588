// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The one lock of an exchange: whoever touches the request, the response, their streams or the
 * asynchronous context holds it.
 *
 * <p>Nothing is told to the core while it is held. What came up meanwhile is told by its doors,
 * which run when the outermost frame has released it: a container calls listeners from inside a
 * write or a read as well, where the lock is held already. Only a door that was woken opens: who
 * merely writes may hold a lock of the core, under which no request may be delivered.
 */
final class ExchangeLock {
  private final ReentrantLock lock = new ReentrantLock();

  /** Written once, before the exchange is known to a second thread. */
  private Runnable reader = () -> {};

  /** Written once, before the exchange is known to a second thread. */
  private Runnable teller = () -> {};

  /** Whether the reader has something to do; guarded by the lock. */
  private boolean readerDue;

  /** Whether the teller has something to do; guarded by the lock. */
  private boolean tellerDue;

  /** Sets what delivers the request; it must do nothing when woken for nothing. */
  void reader(Runnable door) {
    reader = door;
  }

  /** Sets what tells of everything else; it must do nothing when woken for nothing. */
  void teller(Runnable door) {
    teller = door;
  }

  void lock() {
    lock.lock();
  }

  /** Makes the reader run after the release. The lock is held. */
  void wakeReader() {
    readerDue = true;
  }

  /** Makes the teller run after the release. The lock is held. */
  void wakeTeller() {
    tellerDue = true;
  }

  /** Releases the lock; the outermost release opens the doors that were woken. */
  void unlock() {
    if (lock.getHoldCount() > 1) {
      lock.unlock();
      return;
    }
    boolean read = readerDue;
    boolean tell = tellerDue;
    readerDue = false;
    tellerDue = false;
    lock.unlock();
    if (read) {
      reader.run();
    }
    if (tell) {
      teller.run();
    }
  }
}

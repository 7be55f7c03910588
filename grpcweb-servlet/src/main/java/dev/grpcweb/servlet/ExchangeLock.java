// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one lock of an exchange: whoever touches the request, the response, their streams or the
 * asynchronous context holds it.
 *
 * <p>Nothing is told to the core while it is held. What came up meanwhile is told by its doors,
 * which run when the outermost frame has released it: a container calls listeners from inside a
 * write or a read as well, where the lock is held already. Only a door that was woken opens: who
 * merely writes may hold a lock of the core, under which no request may be delivered.
 *
 * <p>It is not held while a thread waits for a lock of the container's. There is one such wait: a
 * thread that reads the end of a chunked request in Tomcat takes the lock of the socket, under
 * which Tomcat calls listeners, who take this one. Such requests are read between {@link
 * #beginReading} and {@link #endReading}, by a thread that holds nothing else either, neither of
 * the core's nor of the service's. So whatever waits for whom, nobody waits for the reader. What
 * would touch the container's objects meanwhile is put off until the read is over, with one
 * exception: a container that says that the exchange is over cannot be put off. It waits for the
 * read, but not for ever, since the read may be waiting for its lock.
 */
final class ExchangeLock {
  private final ReentrantLock lock = new ReentrantLock();

  /** Signalled when a read without the lock is over. */
  private final Condition readingEnded = lock.newCondition();

  /** What to do when a read without the lock is over; guarded by the lock. */
  private final List<Runnable> putOff = new ArrayList<>();

  /** Who reads without the lock, if anybody; guarded by the lock. */
  private @Nullable Thread readingThread;

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

  /** Releases the lock for a call to the container that reads. The lock is held, once. */
  void beginReading() {
    readingThread = Thread.currentThread();
    lock.unlock();
  }

  /** Takes the lock again, and does what was put off. */
  void endReading() {
    lock.lock();
    readingThread = null;
    readingEnded.signalAll();
    List<Runnable> actions = List.copyOf(putOff);
    putOff.clear();
    actions.forEach(Runnable::run);
  }

  /** Returns whether a thread reads without the lock. The lock is held. */
  boolean isReading() {
    return readingThread != null;
  }

  /** Puts off what touches the container's objects until the read is over. The lock is held. */
  void afterReading(Runnable action) {
    putOff.add(action);
  }

  /**
   * Waits until no other thread reads without the lock, up to a bound. The lock is held, and
   * released meanwhile.
   */
  void awaitReading(long millis) {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    boolean interrupted = false;
    while (isReading() && readingThread != Thread.currentThread() && left > 0) {
      try {
        left = readingEnded.awaitNanos(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

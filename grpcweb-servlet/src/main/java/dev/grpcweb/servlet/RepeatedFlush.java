// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.util.concurrent.TimeUnit;

/**
 * Flushes again what Undertow has forgotten: a frame that the client's window cuts in two, or a
 * record of TLS that the socket does not take, leaves a rest that waits for the next flush, and
 * nothing tells. Where nothing is left, a flush does nothing.
 *
 * <p>Thread rule: everything but the timer's task is called under the exchange's lock.
 */
final class RepeatedFlush {
  private static final long FIRST_MILLIS = 10;
  private static final long LAST_MILLIS = 500;

  private final ExchangeLock lock;
  private final ResponsePump out;
  private final ServletTimer timer;

  /** How long to wait for the next time; guarded by the lock. */
  private long delay = FIRST_MILLIS;

  /** Whether the timer has a task of this exchange; guarded by the lock. */
  private boolean scheduled;

  RepeatedFlush(ExchangeLock lock, ResponsePump out, ServletTimer timer) {
    this.lock = lock;
    this.out = out;
    this.timer = timer;
  }

  /** Called when the response has been flushed, for the first time or again. */
  void flushed() {
    if (!scheduled) {
      scheduled = true;
      timer.after(delay, TimeUnit.MILLISECONDS, this::again);
    } else {
      delay = FIRST_MILLIS;
    }
  }

  /** Called by the timer, without the lock. */
  private void again() {
    lock.lock();
    try {
      scheduled = false;
      delay = Math.min(2 * delay, LAST_MILLIS);
      out.flush();
    } finally {
      lock.unlock();
    }
  }
}

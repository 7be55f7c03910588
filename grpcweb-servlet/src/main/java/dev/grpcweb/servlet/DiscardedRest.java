// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.util.concurrent.TimeUnit;

/**
 * Reads the rest of a request and throws it away, for the sake of a client that reads its answer
 * only after it has sent everything; not for ever.
 */
final class DiscardedRest implements RequestRest {
  /** How often it is checked whether the rest still arrives. */
  private static final long SECONDS = 2;

  /** How many checks there are at most. */
  private static final int CHECKS = 15;

  private final ExchangeLock lock;
  private final RequestPump in;
  private final ServletTimer timer;

  DiscardedRest(ExchangeLock lock, RequestPump in, ServletTimer timer) {
    this.lock = lock;
    this.in = in;
    this.timer = timer;
  }

  @Override
  public boolean isRead() {
    return in.isRead();
  }

  @Override
  public void discard() {
    in.discard();
    check(in.discardLimit(), CHECKS);
  }

  private void check(long limit, int checks) {
    timer.after(
        SECONDS,
        TimeUnit.SECONDS,
        () -> {
          lock.lock();
          try {
            if (checks == 0 || in.discardLimit() == limit) {
              in.stopDiscarding();
            } else if (!in.isRead()) {
              check(in.discardLimit(), checks - 1);
            }
          } finally {
            lock.unlock();
          }
        });
  }
}

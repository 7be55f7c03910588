// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.util.concurrent.TimeUnit;

/**
 * Reads the rest of a request and throws it away, for the sake of a client that reads its answer
 * only after it has sent everything, or of a container that does not do so itself; not for ever.
 */
final class DiscardedRest implements RequestRest {
  /** How long a rest is awaited. */
  enum Pace {
    /** The client has its answer. */
    ANSWERED(2000, 15),
    /** The client has not been answered, and has said how much is to come. */
    PROMISED(2000, 15),
    /** The client has not been answered, and may be waiting for that. */
    UNCERTAIN(50, 20);

    /** How often it is checked whether the rest still arrives. */
    final long millis;

    /** How many checks there are at most. */
    final int checks;

    Pace(long millis, int checks) {
      this.millis = millis;
      this.checks = checks;
    }
  }

  private final ExchangeLock lock;
  private final RequestPump in;
  private final ServletTimer timer;
  private final Pace pace;

  DiscardedRest(ExchangeLock lock, RequestPump in, ServletTimer timer, Pace pace) {
    this.lock = lock;
    this.in = in;
    this.timer = timer;
    this.pace = pace;
  }

  @Override
  public boolean isRead() {
    return in.isRead();
  }

  @Override
  public boolean comesFirst() {
    return pace != Pace.ANSWERED;
  }

  @Override
  public void discard() {
    in.discard();
    check(in.discardLimit(), pace.checks);
  }

  private void check(long limit, int checks) {
    timer.after(
        pace.millis,
        TimeUnit.MILLISECONDS,
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

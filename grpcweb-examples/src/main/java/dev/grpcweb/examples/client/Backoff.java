// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: twice as long each time, up to a bound. A fifth more or
 * less keeps many clients of one server from coming back all at once. For one thread.
 */
final class Backoff {

  private static final double JITTER = 0.2;

  private final Duration first;
  private final Duration longest;
  private final int attempts;
  private final RandomGenerator random;

  /** The next wait, but for its jitter. */
  private Duration step;

  /** How many waits there were in a row. */
  private int waits;

  /** Waits from {@code first} to {@code longest}, and gives up after so many attempts in a row. */
  Backoff(Duration first, Duration longest, int attempts, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.attempts = attempts;
    this.random = random;
    this.step = first;
  }

  /** Whether there were as many attempts in a row as there may be. */
  boolean isSpent() {
    return waits == attempts;
  }

  /** The time until the next attempt. */
  Duration next() {
    double share = random.nextDouble(1 - JITTER, 1 + JITTER);
    Duration wait = Duration.ofMillis(Math.round(share * step.toMillis()));
    Duration twice = step.multipliedBy(2);
    step = twice.compareTo(longest) < 0 ? twice : longest;
    waits++;
    return wait;
  }

  /** Begins anew, after an attempt that got somewhere. */
  void reset() {
    step = first;
    waits = 0;
  }
}

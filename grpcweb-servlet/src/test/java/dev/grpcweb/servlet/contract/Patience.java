// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How long tests wait for what has no signal, and how often they look. */
final class Patience {
  /**
   * Nothing should take so long; a machine that does much else may. Guards need not wait for it.
   */
  static final long SECONDS = Long.getLong("grpcweb.test.patience", 30);

  private Patience() {}

  /**
   * Lets the container come to rest: one that is inside a callback of a request may take no notice
   * of its reset. Threads that lead the container's selectors are not counted there, hence the
   * pause.
   */
  static void settle(Site site) {
    pause();
    await().until(site::isAtRest);
  }

  /** Lets time pass in which nothing has to happen. */
  static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static ConditionFactory await() {
    return Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(3))
        .atMost(Duration.ofSeconds(SECONDS));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How the client passes the time between two messages or two attempts. */
@FunctionalInterface
public interface Pacing {

  /** Real time. */
  Pacing REAL =
      (time, over) -> {
        try {
          over.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
          // Either way the pause is over.
        }
      };

  /** Returns when this time has passed, or earlier if something is over by then. */
  void pause(Duration time, CompletableFuture<?> over) throws InterruptedException;
}

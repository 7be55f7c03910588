// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether a stream has become quiet, again and again until it has ended, if its format has
 * bytes that mean nothing.
 *
 * <p>Thread-safe.
 */
final class KeepAlive {
  private final ResponseWriter writer;
  private final WireSettings settings;

  /** Null before the response has begun. Written by who begins it, then by the timer's thread. */
  private volatile @Nullable Future<?> nextLook;

  KeepAlive(ResponseWriter writer, WireSettings settings) {
    this.writer = writer;
    this.settings = settings;
  }

  /** Called from the service's thread when the response has begun. */
  void start() {
    if (settings.keepAliveNanos() > 0 && writer.canKeepAlive()) {
      lookIn(settings.keepAliveNanos());
    }
  }

  /** Called from any thread. The writer has ended before this, so that no later look stays. */
  void stop() {
    Future<?> look = nextLook;
    if (look != null) {
      look.cancel(false);
    }
  }

  private void lookIn(long nanos) {
    Future<?> look = settings.timer().schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    nextLook = look;
    if (writer.isEnded()) {
      look.cancel(false);
    }
  }

  /** Called from the timer. */
  private void look() {
    lookIn(writer.keepAlive(settings.keepAliveNanos()));
  }
}

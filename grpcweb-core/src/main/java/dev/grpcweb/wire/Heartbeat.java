// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a peer is still there: asks it after an interval without a sign of life, and
 * gives it up after a time-out without an answer. Whatever shows that the peer lives is an answer.
 *
 * <p>Thread-safe; acts on the timer's thread.
 */
final class Heartbeat {
  /** What is done to the peer. Neither may block. */
  interface Peer {
    /** Asks for a sign of life. */
    void ping();

    /** The peer has given none. */
    void lost();

    /** Returns how many bytes go before a question that is asked now. */
    long waiting();
  }

  private final Peer peer;
  private final long intervalNanos;
  private final long timeoutNanos;
  private final ScheduledExecutorService timer;
  private final LongSupplier clock;

  /** When the peer last gave a sign of life. */
  private volatile long heardAt;

  /** Whether the peer was asked and has not answered. Touched by the timer's thread. */
  private boolean asked;

  /**
   * When the peer was last asked, or was last seen to take what goes before the question. Touched
   * by the timer's thread.
   */
  private long askedAt;

  /**
   * How many bytes went before the question when that was last looked at. Of the timer's thread.
   */
  private long waiting;

  /** When something that had to wait was last taken. */
  private volatile long takenAt;

  /** Guarded by this. */
  private @Nullable Future<?> next;

  /** Guarded by this. */
  private boolean stopped;

  Heartbeat(Peer peer, SocketSettings settings, ScheduledExecutorService timer) {
    this(peer, settings, timer, System::nanoTime);
  }

  /** Creates a heartbeat with a clock of its own, in nanoseconds. */
  Heartbeat(
      Peer peer, SocketSettings settings, ScheduledExecutorService timer, LongSupplier clock) {
    this.peer = peer;
    this.intervalNanos = settings.pingIntervalNanos();
    this.timeoutNanos = settings.pingTimeoutNanos();
    this.timer = timer;
    this.clock = clock;
  }

  void start() {
    heard();
    taken();
    lookIn(intervalNanos);
  }

  /** Called from any thread: the peer has given a sign of life. */
  void heard() {
    heardAt = clock.getAsLong();
  }

  /**
   * Called from any thread: what had to wait has been taken. That is a sign of life only of a peer
   * whose question still waits behind it: to send takes no peer, as long as there is room.
   */
  void taken() {
    takenAt = clock.getAsLong();
  }

  /** Called from any thread: nobody wants to know any more. */
  synchronized void stop() {
    stopped = true;
    if (next != null) {
      next.cancel(false);
    }
  }

  private synchronized void lookIn(long nanos) {
    if (!stopped) {
      next = timer.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void look() {
    long now = clock.getAsLong();
    asked = asked && heardAt - askedAt < 0;
    if (!asked) {
      long quiet = now - heardAt;
      if (quiet < intervalNanos) {
        lookIn(intervalNanos - quiet);
        return;
      }
      asked = true;
      askedAt = now;
      waiting = peer.waiting();
      peer.ping();
    } else if (isTaking()) {
      askedAt = now;
    }
    long left = timeoutNanos - (now - askedAt);
    if (left > 0) {
      lookIn(Math.min(left, intervalNanos));
    } else {
      peer.lost();
    }
  }

  /** Returns whether the peer has taken of what goes before the question since it was looked at. */
  private boolean isTaking() {
    long before = waiting;
    if (before == 0) {
      return false;
    }
    waiting = peer.waiting();
    return waiting < before || takenAt - askedAt > 0;
  }
}

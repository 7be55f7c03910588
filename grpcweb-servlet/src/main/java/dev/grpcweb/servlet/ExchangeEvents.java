// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.transport.ExchangeInput;
import org.jspecify.annotations.Nullable;

/**
 * What happened to an exchange apart from its request body, told to the core one event after the
 * other and never under the lock.
 *
 * <p>Events are noted by any thread that holds the lock, and told by {@link #tell}, a door of the
 * lock. The first of completed, disconnected and aborted wins; nothing is told after it.
 */
final class ExchangeEvents {
  /** How the exchange came to its end. */
  enum Outcome {
    /** It goes on. */
    OPEN,
    /** The response was handed over up to its end. */
    COMPLETED,
    /** The client is gone. */
    DISCONNECTED,
    /** The core broke it off, and knows. */
    ABORTED
  }

  private enum Event {
    WRITABLE,
    COMPLETED,
    DISCONNECTED
  }

  private final ExchangeLock lock;

  /** The core's side, null until the call has been opened; guarded by the lock. */
  private @Nullable ExchangeInput input;

  /** Guarded by the lock. */
  private Outcome outcome = Outcome.OPEN;

  /** The event to be told next, if any; a later one replaces an earlier; guarded by the lock. */
  private @Nullable Event pending;

  /** Why the exchange was disconnected; guarded by the lock. */
  private @Nullable Throwable cause;

  /** Whether a thread is telling; it looks again afterwards; guarded by the lock. */
  private boolean telling;

  ExchangeEvents(ExchangeLock lock) {
    this.lock = lock;
  }

  /** Sets whom to tell; what was noted before is told now. The lock is held. */
  void bind(ExchangeInput core) {
    input = core;
    lock.wakeTeller();
  }

  /** Notes that more would be taken at once. The lock is held. */
  void writable() {
    if (outcome == Outcome.OPEN) {
      pending = Event.WRITABLE;
      lock.wakeTeller();
    }
  }

  /** Notes that the response was handed over up to its end. The lock is held. */
  void completed() {
    finish(Outcome.COMPLETED, Event.COMPLETED);
  }

  /** Notes that the client is gone. The lock is held. */
  void disconnected(Throwable reason) {
    if (outcome == Outcome.OPEN) {
      cause = reason;
      finish(Outcome.DISCONNECTED, Event.DISCONNECTED);
    }
  }

  /** Notes that the core broke the exchange off. The lock is held. */
  void aborted() {
    finish(Outcome.ABORTED, null);
  }

  /** Returns whether the exchange has come to its end. The lock is held. */
  boolean isOver() {
    return outcome != Outcome.OPEN;
  }

  private void finish(Outcome end, @Nullable Event event) {
    if (outcome == Outcome.OPEN) {
      outcome = end;
      pending = event;
      lock.wakeTeller();
    }
  }

  /** Tells what was noted. Called from any thread, without the lock. */
  void tell() {
    while (true) {
      ExchangeInput core;
      Event event;
      lock.lock();
      try {
        core = input;
        event = pending;
        if (telling || core == null || event == null) {
          return;
        }
        pending = null;
        telling = true;
      } finally {
        lock.unlock();
      }
      try {
        tell(core, event);
      } finally {
        lock.lock();
        telling = false;
        lock.unlock();
      }
    }
  }

  private void tell(ExchangeInput core, Event event) {
    switch (event) {
      case WRITABLE -> core.writable();
      case COMPLETED -> core.completed();
      case DISCONNECTED ->
          core.disconnected(cause == null ? new IllegalStateException("disconnected") : cause);
    }
  }
}

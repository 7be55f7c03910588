// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

import dev.grpcweb.transport.WebSocketInput;
import org.jspecify.annotations.Nullable;

/**
 * Tells the core what comes up on any thread: one event after the other, the end once and last.
 *
 * <p>Thread-safe; nothing is told under the monitor.
 */
final class SocketEvents {
  private final WebSocketInput input;
  private final SocketThreads threads;

  /** Whether the core is owed the event. Guarded by this. */
  private boolean writable;

  /** Why the socket has ended, once it has. Guarded by this. */
  private @Nullable Throwable end;

  /** Whether a thread is telling. Guarded by this. */
  private boolean telling;

  /** Whether the end has been told, or is being told. Guarded by this. */
  private boolean over;

  SocketEvents(WebSocketInput input, SocketThreads threads) {
    this.input = input;
    this.threads = threads;
  }

  /** Called from any thread, maybe inside a call of the core. */
  void writable() {
    synchronized (this) {
      writable = true;
    }
    if (CoreCall.isRunning()) {
      threads.execute(this::tell);
    } else {
      tell();
    }
  }

  /** Called from any thread, maybe inside a call of the core, any number of times. */
  void closed(Throwable cause) {
    synchronized (this) {
      if (end != null) {
        return;
      }
      end = cause;
    }
    threads.execute(this::tell);
  }

  /** Returns whether the socket has ended, so that nothing is to be told any more. */
  synchronized boolean isOver() {
    return end != null;
  }

  private void tell() {
    while (true) {
      Throwable last;
      synchronized (this) {
        if (telling || over || (end == null && !writable)) {
          return;
        }
        telling = true;
        writable = false;
        last = end;
        over = last != null;
      }
      try {
        if (last == null) {
          input.writable();
        } else {
          input.closed(last);
        }
      } finally {
        synchronized (this) {
          telling = false;
        }
      }
    }
  }
}

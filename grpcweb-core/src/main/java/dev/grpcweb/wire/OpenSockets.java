// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The WebSockets that are open, and whether more may come.
 *
 * <p>Thread-safe; a socket is told of the shutdown by who begins it, without a lock.
 */
final class OpenSockets {
  private final int max;

  /** Guarded by this. */
  private final Set<SocketConnection> sockets = new HashSet<>();

  /** Written once. Guarded by this. */
  private boolean shutdown;

  OpenSockets(int max) {
    this.max = max;
  }

  synchronized boolean takesMore() {
    return !shutdown && sockets.size() < max;
  }

  /** Returns false, and does not add the socket, if no more are taken. */
  synchronized boolean add(SocketConnection socket) {
    return takesMore() && sockets.add(socket);
  }

  synchronized void remove(SocketConnection socket) {
    sockets.remove(socket);
    notifyAll();
  }

  /** Waits until no socket is open, but no longer than this. */
  synchronized void awaitNone(long nanos) throws InterruptedException {
    long until = System.nanoTime() + nanos;
    while (!sockets.isEmpty()) {
      // Rounded up: a wait of zero is one for ever.
      long millis = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime()) + 1;
      if (millis <= 0) {
        return;
      }
      wait(millis);
    }
  }

  /** Takes no more, and tells those that are open. */
  void shutdown() {
    List<SocketConnection> open;
    synchronized (this) {
      shutdown = true;
      open = new ArrayList<>(sockets);
    }
    open.forEach(SocketConnection::shutdown);
  }
}

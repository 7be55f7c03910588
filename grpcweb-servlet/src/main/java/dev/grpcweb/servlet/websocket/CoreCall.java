// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

/**
 * Marks threads that are inside a call of the core to a socket. The core holds locks then, and
 * containers tell there of what has happened, also to other sockets: over HTTP/2, one thread may
 * send what waits on all streams of a connection. Nothing is told to the core on such a thread.
 */
final class CoreCall {
  private static final ThreadLocal<CoreCall> RUNNING = new ThreadLocal<>();

  private CoreCall() {}

  static boolean isRunning() {
    return RUNNING.get() != null;
  }

  static void run(Runnable call) {
    if (isRunning()) {
      call.run();
      return;
    }
    RUNNING.set(new CoreCall());
    try {
      call.run();
    } finally {
      // The thread is the container's and outlives this class.
      RUNNING.remove();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs what the exchanges of a door have to do later: a daemon thread that starts when it is
 * needed, ends when it has been idle for a while, and ends with the door. The JDK's own timer would
 * stay behind when a web application is stopped, and keep its classes.
 *
 * <p>Thread-safe. Tasks must not block.
 */
final class ServletTimer {
  private static final long IDLE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, ServletTimer::daemon);

  ServletTimer() {
    thread.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    thread.allowCoreThreadTimeOut(true);
    // Who comes after the end has no container left.
    thread.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
  }

  private static Thread daemon(Runnable tasks) {
    Thread thread = new Thread(tasks, "grpcweb-servlet-timer");
    thread.setDaemon(true);
    return thread;
  }

  /** Runs a task later, unless the timer is closed before. */
  void after(long delay, TimeUnit unit, Runnable task) {
    Future<?> unused = thread.schedule(task, delay, unit);
  }

  /** Forgets the tasks, and waits until none is running. */
  void close() {
    thread.shutdownNow();
    try {
      boolean unused = thread.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

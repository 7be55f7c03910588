// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs what may block in a container, or must not run where it came up, for all sockets of a door:
 * daemon threads that start when they are needed, end when they have been idle for a while, and end
 * with the door.
 *
 * <p>Thread-safe.
 */
public final class SocketThreads implements AutoCloseable {
  /** So many clients that take nothing hold up the pings and ends of others. */
  private static final int MOST = 32;

  private static final long IDLE_SECONDS = 10;

  private final AtomicInteger started = new AtomicInteger();
  private final ThreadPoolExecutor pool;
  private final ScheduledThreadPoolExecutor timer;

  /** Creates a pool without a thread. */
  public SocketThreads() {
    pool =
        new ThreadPoolExecutor(
            MOST,
            MOST,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            daemons("grpcweb-socket-"));
    pool.allowCoreThreadTimeOut(true);
    timer = new ScheduledThreadPoolExecutor(1, daemons("grpcweb-socket-timer-"));
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
    // Who comes after the end has no container left.
    timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
  }

  private ThreadFactory daemons(String name) {
    return tasks -> {
      Thread thread = new Thread(tasks, name + started.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Runs a task soon; after the end of the door, here. */
  void execute(Runnable task) {
    try {
      pool.execute(task);
    } catch (RejectedExecutionException ended) {
      task.run();
    }
  }

  /** Runs a task later, unless the door ends before. */
  Future<?> after(long delay, TimeUnit unit, Runnable task) {
    return timer.schedule(() -> execute(task), delay, unit);
  }

  /** Lets what was begun come to its end, for a second at most. */
  @Override
  public void close() {
    timer.shutdownNow();
    pool.shutdown();
    try {
      boolean unused = pool.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

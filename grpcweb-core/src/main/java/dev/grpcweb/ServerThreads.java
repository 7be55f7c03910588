// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that a server owns: daemons that start when they are needed, end when they have been
 * idle for a while, and end with the server.
 */
final class ServerThreads {
  private static final AtomicInteger servers = new AtomicInteger();
  private static final long IDLE_SECONDS = 10;
  private static final long END_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Set<Thread> own = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor pool;
  private final ScheduledThreadPoolExecutor timer;

  ServerThreads() {
    int server = servers.incrementAndGet();
    pool =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            named("grpcweb-" + server + "-worker-"));
    timer = new ScheduledThreadPoolExecutor(1, named("grpcweb-" + server + "-timer-"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    // A call that comes after the end is refused; its deadline need not be watched.
    timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
  }

  /** Unbounded: runs services if the user set no executor, and hand-offs of bursts. */
  ExecutorService pool() {
    return pool;
  }

  /** One thread for deadlines and keep-alives. */
  ScheduledExecutorService timer() {
    return timer;
  }

  void stop() {
    timer.shutdownNow();
    pool.shutdown();
  }

  /**
   * Waits until the threads have ended, so that an application that is stopped leaves none behind;
   * not on one of them, nor longer than it takes when no service holds one.
   *
   * @return whether they have ended
   */
  boolean awaitEnd(long nanos) throws InterruptedException {
    if (own.contains(Thread.currentThread())) {
      return false;
    }
    long until = System.nanoTime() + Math.min(nanos, END_NANOS);
    for (Thread thread : own) {
      // Rounded up: a join of zero waits for ever.
      long millis = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime()) + 1;
      if (millis > 0) {
        thread.join(millis);
      }
    }
    return own.stream().noneMatch(Thread::isAlive);
  }

  private ThreadFactory named(String prefix) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread =
          new Thread(
              () -> {
                try {
                  task.run();
                } finally {
                  own.remove(Thread.currentThread());
                }
              },
              prefix + count.incrementAndGet());
      own.add(thread);
      thread.setDaemon(true);
      return thread;
    };
  }
}

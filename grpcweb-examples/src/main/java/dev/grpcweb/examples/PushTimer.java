// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs a task once, later. One timer serves every push, so that a waiting push holds no thread. */
@FunctionalInterface
interface PushTimer {

  /** The task runs on the timer's thread unless the returned future is cancelled before. */
  Future<?> after(Duration delay, Runnable task);

  /** The timer of all services: one daemon thread, which forgets cancelled tasks at once. */
  PushTimer SHARED = daemon();

  private static PushTimer daemon() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "push-timer");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return (delay, task) -> executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }
}

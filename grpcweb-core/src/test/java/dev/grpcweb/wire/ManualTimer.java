// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A timer whose time passes when a test says so, on the test's thread. */
final class ManualTimer extends ScheduledThreadPoolExecutor {
  private static final long START = -TimeUnit.DAYS.toNanos(1);

  private final List<Task> tasks = new ArrayList<>();

  /** Negative, as that of {@link System#nanoTime} may be. */
  private long now = START;

  ManualTimer() {
    super(0);
  }

  long nanos() {
    return now;
  }

  /** Returns how much time has passed. */
  long elapsed(TimeUnit unit) {
    return unit.convert(now - START, TimeUnit.NANOSECONDS);
  }

  /** Returns how many tasks wait for their time. */
  int scheduled() {
    tasks.removeIf(FutureTask::isDone);
    return tasks.size();
  }

  void advance(long time, TimeUnit unit) {
    long until = now + unit.toNanos(time);
    while (scheduled() > 0) {
      Task next = tasks.stream().min(Comparator.naturalOrder()).orElseThrow();
      if (next.at > until) {
        break;
      }
      now = next.at;
      tasks.remove(next);
      next.run();
    }
    now = until;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    Task task = new Task(command, now + unit.toNanos(delay));
    tasks.add(task);
    return task;
  }

  private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
    final long at;

    Task(Runnable command, long at) {
      super(command, null);
      this.at = at;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at - now, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}

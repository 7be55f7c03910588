// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** A clock and a timer that move only when told. For the test's thread alone. */
final class FakeTime extends Clock implements PushTimer {

  private record Task(Instant at, Runnable action, CompletableFuture<Void> future) {}

  private final List<Task> tasks = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-21T10:20:30.456Z");

  @Override
  public Future<?> after(Duration delay, Runnable action) {
    Task task = new Task(now.plus(delay), action, new CompletableFuture<>());
    tasks.add(task);
    return task.future();
  }

  /** Moves on and runs what becomes due, in this thread. */
  void pass(Duration duration) {
    now = now.plus(duration);
    List<Task> due = tasks.stream().filter(task -> !task.at().isAfter(now)).toList();
    tasks.removeAll(due);
    due.stream().filter(task -> !task.future().isCancelled()).forEach(task -> task.action().run());
  }

  /** How many tasks still wait for their time. */
  long waiting() {
    return tasks.stream().filter(task -> !task.future().isCancelled()).count();
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}

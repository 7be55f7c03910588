// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one call one at a time and in their order, on any executor, the direct one
 * included: a task that comes while another runs, from whatever thread, waits for it.
 *
 * <p>When the executor refuses, the refused task is forgotten and whoever brought it is told; what
 * others have brought meanwhile, and what comes later, runs on the last resort, so that no call
 * stays unfinished because of it.
 *
 * <p>Thread-safe.
 */
final class SerialExecutor implements Executor {
  private static final Logger logger = System.getLogger(SerialExecutor.class.getName());

  private enum State {
    /** Nothing runs and nothing is scheduled. */
    IDLE,
    /** {@link #drain} runs, or the executor was asked to run it. */
    DRAINING
  }

  /** Where tasks run. Replaced from within a task, and when it refuses. */
  private volatile Executor executor;

  private final Executor lastResort;

  /** Told if the executor that was switched to refuses. Touched from within a task and after it. */
  private Consumer<? super RuntimeException> refusal = refused -> {};

  /** What is still to run. Guarded by this. */
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

  /** Guarded by this. */
  private State state = State.IDLE;

  SerialExecutor(Executor executor, Executor lastResort) {
    this.executor = executor;
    this.lastResort = lastResort;
  }

  /**
   * Called from within a task: later tasks run on another executor.
   *
   * @param onRefusal told, before them, if that one refuses
   */
  void switchTo(Executor next, Consumer<? super RuntimeException> onRefusal) {
    executor = next;
    refusal = onRefusal;
  }

  /**
   * Called from any thread.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the executor refuses; the task is
   *     then forgotten
   */
  @Override
  public void execute(Runnable task) {
    synchronized (this) {
      tasks.add(task);
      if (state == State.DRAINING) {
        return;
      }
      state = State.DRAINING;
    }
    schedule(task);
  }

  private void schedule(Runnable newest) {
    try {
      executor.execute(this::drain);
    } catch (RuntimeException refused) {
      synchronized (this) {
        tasks.removeLastOccurrence(newest);
      }
      drainOnLastResort();
      throw refused;
    }
  }

  private void scheduleRest() {
    try {
      executor.execute(this::drain);
    } catch (RuntimeException refused) {
      logger.log(Level.WARNING, "the executor takes no more callbacks", refused);
      refusal.accept(refused);
      drainOnLastResort();
    }
  }

  private void drainOnLastResort() {
    executor = lastResort;
    synchronized (this) {
      if (tasks.isEmpty()) {
        state = State.IDLE;
        return;
      }
    }
    try {
      lastResort.execute(this::drain);
    } catch (RuntimeException refused) {
      synchronized (this) {
        tasks.clear();
        state = State.IDLE;
      }
    }
  }

  private void drain() {
    Executor here = executor;
    boolean finished = false;
    try {
      for (Runnable task = next(); task != null; task = next()) {
        run(task);
        if (executor != here) {
          return;
        }
      }
      finished = true;
    } finally {
      // An Error leaves through here, as does a switch of the executor: the rest must still run.
      if (!finished) {
        scheduleRest();
      }
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable task = tasks.poll();
    if (task == null) {
      state = State.IDLE;
    }
    return task;
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      logger.log(Level.ERROR, "a call's callback failed", e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.testing.LogCapture;
import dev.grpcweb.testing.Patience;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SerialExecutorTest {
  private final Queue<Runnable> scheduled = new ArrayDeque<>();
  private final Queue<Runnable> scheduledLastResort = new ArrayDeque<>();
  private final List<String> ran = new ArrayList<>();
  private final SerialExecutor serial =
      new SerialExecutor(scheduled::add, scheduledLastResort::add);

  @Test
  void tasksRunInTheirOrder() {
    serial.execute(() -> ran.add("a"));
    serial.execute(() -> ran.add("b"));
    serial.execute(() -> ran.add("c"));
    assertThat(ran).isEmpty();

    runScheduled();

    assertThat(ran).containsExactly("a", "b", "c");
  }

  @Test
  void tasksThatWaitShareOneTurnOfTheExecutor() {
    serial.execute(() -> ran.add("a"));
    serial.execute(() -> ran.add("b"));

    assertThat(scheduled).hasSize(1);
  }

  @Test
  void aTaskAfterAllHaveRunIsScheduledAgain() {
    serial.execute(() -> ran.add("a"));
    runScheduled();
    serial.execute(() -> ran.add("b"));
    runScheduled();

    assertThat(ran).containsExactly("a", "b");
  }

  @Test
  void aTaskBroughtByATaskOnADirectExecutorRunsAfterIt() {
    SerialExecutor direct = new SerialExecutor(Runnable::run, Runnable::run);

    direct.execute(
        () -> {
          direct.execute(() -> ran.add("inner"));
          ran.add("outer");
        });

    assertThat(ran).containsExactly("outer", "inner");
  }

  @Test
  void tasksOfSeveralThreadsNeverRunAtTheSameTimeAndKeepTheOrderOfEachThread() throws Exception {
    int threads = 4;
    int tasks = 5_000;
    ExecutorService pool = Executors.newCachedThreadPool();
    try {
      SerialExecutor shared = new SerialExecutor(pool, pool);
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger overlaps = new AtomicInteger();
      CountDownLatch done = new CountDownLatch(threads * tasks);
      int[] last = new int[threads];
      List<String> disorder = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int thread = t;
        pool.execute(
            () -> {
              for (int i = 1; i <= tasks; i++) {
                int number = i;
                shared.execute(
                    () -> {
                      if (inside.incrementAndGet() > 1) {
                        overlaps.incrementAndGet();
                      }
                      if (last[thread]++ != number - 1) {
                        disorder.add(thread + "/" + number);
                      }
                      inside.decrementAndGet();
                      done.countDown();
                    });
              }
            });
      }

      assertThat(done.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(overlaps).hasValue(0);
      assertThat(disorder).isEmpty();
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aRefusedTaskIsForgottenAndItsBringerTold() {
    RejectedExecutionException refusal = new RejectedExecutionException("full");
    SerialExecutor refused =
        new SerialExecutor(
            task -> {
              throw refusal;
            },
            scheduledLastResort::add);

    assertThatThrownBy(() -> refused.execute(() -> ran.add("a"))).isSameAs(refusal);

    assertThat(scheduledLastResort).isEmpty();
  }

  @Test
  void afterARefusalTasksRunOnTheLastResort() {
    SerialExecutor refused =
        new SerialExecutor(
            task -> {
              throw new RejectedExecutionException("full");
            },
            scheduledLastResort::add);
    assertThatThrownBy(() -> refused.execute(() -> ran.add("a")))
        .isInstanceOf(RejectedExecutionException.class);

    refused.execute(() -> ran.add("b"));
    runLastResort();

    assertThat(ran).containsExactly("b");
  }

  @Test
  void whatAnotherThreadBroughtWhileTheExecutorRefusedRunsOnTheLastResort() {
    SerialExecutor[] itself = new SerialExecutor[1];
    SerialExecutor refused =
        new SerialExecutor(
            task -> {
              itself[0].execute(() -> ran.add("b"));
              throw new RejectedExecutionException("full");
            },
            scheduledLastResort::add);
    itself[0] = refused;

    assertThatThrownBy(() -> refused.execute(() -> ran.add("a")))
        .isInstanceOf(RejectedExecutionException.class);
    runLastResort();

    assertThat(ran).containsExactly("b");
  }

  @Test
  void aRefusalByTheLastResortLeavesNothingBehind() {
    SerialExecutor[] itself = new SerialExecutor[1];
    SerialExecutor refused =
        new SerialExecutor(
            task -> {
              itself[0].execute(() -> ran.add("b"));
              throw new RejectedExecutionException("full");
            },
            task -> {
              throw new RejectedExecutionException("full too");
            });
    itself[0] = refused;

    assertThatThrownBy(() -> refused.execute(() -> ran.add("a"))).hasMessage("full");
    assertThatThrownBy(() -> refused.execute(() -> ran.add("c"))).hasMessage("full too");
  }

  @Test
  void anExceptionIsLoggedAndTheRestStillRuns() {
    IllegalStateException thrown = new IllegalStateException("thrown by a task");
    try (LogCapture log = new LogCapture()) {
      serial.execute(
          () -> {
            throw thrown;
          });
      serial.execute(() -> ran.add("b"));

      runScheduled();

      assertThat(log.of(thrown)).hasSize(1);
    }
    assertThat(ran).containsExactly("b");
  }

  @Test
  void anErrorGoesOnToTheExecutorAndTheRestStillRuns() {
    AssertionError thrown = new AssertionError("thrown by a task");
    serial.execute(
        () -> {
          throw thrown;
        });
    serial.execute(() -> ran.add("b"));

    assertThatThrownBy(() -> scheduled.remove().run()).isSameAs(thrown);
    runScheduled();

    assertThat(ran).containsExactly("b");
  }

  @Test
  void afterAnErrorARefusingExecutorDoesNotHideItNorLoseTheRest() {
    AssertionError thrown = new AssertionError("thrown by a task");
    List<Runnable> once = new ArrayList<>();
    SerialExecutor refusing =
        new SerialExecutor(
            task -> {
              if (!once.isEmpty()) {
                throw new RejectedExecutionException("full");
              }
              once.add(task);
            },
            scheduledLastResort::add);
    refusing.execute(
        () -> {
          throw thrown;
        });
    refusing.execute(() -> ran.add("b"));

    try (LogCapture log = new LogCapture()) {
      assertThatThrownBy(() -> once.get(0).run()).isSameAs(thrown);
      assertThat(log.messages()).hasSize(1);
    }
    runLastResort();

    assertThat(ran).containsExactly("b");
  }

  @Test
  void afterASwitchTheRestRunsOnTheOtherExecutor() {
    Queue<Runnable> other = new ArrayDeque<>();
    serial.execute(
        () -> {
          ran.add("a");
          serial.switchTo(other::add, refused -> ran.add("refused"));
        });
    serial.execute(() -> ran.add("b"));

    runScheduled();
    assertThat(ran).containsExactly("a");
    other.remove().run();

    assertThat(ran).containsExactly("a", "b");
  }

  @Test
  void aSwitchToAnExecutorThatRefusesIsToldBeforeTheRestRuns() {
    RejectedExecutionException refusal = new RejectedExecutionException("full");
    serial.execute(
        () ->
            serial.switchTo(
                task -> {
                  throw refusal;
                },
                refused -> ran.add("told " + refused.getMessage())));
    serial.execute(() -> ran.add("a"));

    try (LogCapture log = new LogCapture()) {
      runScheduled();
      assertThat(log.of(refusal)).hasSize(1);
    }
    assertThat(ran).containsExactly("told full");
    runLastResort();

    assertThat(ran).containsExactly("told full", "a");
  }

  private void runScheduled() {
    while (!scheduled.isEmpty()) {
      scheduled.remove().run();
    }
  }

  private void runLastResort() {
    while (!scheduledLastResort.isEmpty()) {
      scheduledLastResort.remove().run();
    }
  }
}

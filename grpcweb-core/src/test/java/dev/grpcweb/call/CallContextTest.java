// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Context;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CallContextTest {
  private static final long AN_HOUR = TimeUnit.HOURS.toNanos(1);
  private static final Context.Key<String> KEY = Context.key("test");

  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final Context root = Context.ROOT.withValue(KEY, "of the root");
  private final List<Status> expired = new CopyOnWriteArrayList<>();

  CallContextTest() {
    timer.setRemoveOnCancelPolicy(true);
  }

  @AfterEach
  void stopTimer() {
    timer.shutdownNow();
  }

  @Test
  void anActionRunsWithTheContextAttachedAndTheThreadsOwnComesBack() {
    Context before = Context.current();
    List<String> seen = new ArrayList<>();

    withoutDeadline().run(() -> seen.add(KEY.get()));

    assertThat(seen).containsExactly("of the root");
    assertThat(Context.current()).isSameAs(before);
  }

  @Test
  void theContextOfTheOpeningThreadIsNotInherited() {
    Context.Key<String> foreign = Context.key("foreign");
    List<Boolean> inherited = new ArrayList<>();

    Context.current()
        .withValue(foreign, "of the container")
        .run(() -> withoutDeadline().run(() -> inherited.add(foreign.get() != null)));

    assertThat(inherited).containsExactly(false);
  }

  @Test
  void withoutATimeoutThereIsNoDeadline() {
    List<Boolean> deadline = new ArrayList<>();

    withoutDeadline().run(() -> deadline.add(Context.current().getDeadline() != null));

    assertThat(deadline).containsExactly(false);
    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void aDeadlineThatPassesIsReportedOnce() {
    CallContext context = withDeadline(TimeUnit.MILLISECONDS.toNanos(20));
    context.onDeadline(expired::add);

    await().until(() -> !expired.isEmpty());

    assertThat(expired).extracting(Status::getCode).containsExactly(Status.Code.DEADLINE_EXCEEDED);
    assertThat(context.isCancelledWithCause()).isTrue();
  }

  @Test
  void aDeadlineThatHasPassedIsReportedAtOnce() {
    CallContext context = withDeadline(0);
    await().until(context::isCancelledWithCause);

    context.onDeadline(expired::add);

    assertThat(expired).hasSize(1);
  }

  @Test
  void otherCancellationsAreNotReportedAsTheDeadline() {
    CallContext context = withDeadline(AN_HOUR);
    context.onDeadline(expired::add);

    context.cancel(new IllegalStateException("gone"));

    assertThat(expired).isEmpty();
    assertThat(context.isCancelledWithCause()).isTrue();
  }

  @Test
  void aBadEndWithoutACauseGetsOne() {
    CallContext context = withoutDeadline();
    List<Throwable> causes = new ArrayList<>();
    context.run(
        () ->
            Context.current()
                .addListener(
                    cancelled -> causes.add(cancelled.cancellationCause()), Runnable::run));

    context.cancel(null);

    assertThat(causes).doesNotContainNull().hasSize(1);
    assertThat(causes.get(0).getStackTrace()).isEmpty();
    assertThat(context.isCancelledWithCause()).isTrue();
  }

  @Test
  void aGoodEndCancelsWithoutACause() {
    CallContext context = withoutDeadline();
    List<Boolean> causes = new ArrayList<>();
    context.run(
        () ->
            Context.current()
                .addListener(
                    cancelled -> causes.add(cancelled.cancellationCause() != null), Runnable::run));

    context.end();

    assertThat(causes).containsExactly(false);
    assertThat(context.isCancelledWithCause()).isFalse();
  }

  @Test
  void aGoodEndLeavesNoTimerBehind() {
    CallContext context = withDeadline(AN_HOUR);
    assertThat(timer.getQueue()).hasSize(1);

    context.end();

    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void aBadEndLeavesNoTimerBehind() {
    CallContext context = withDeadline(AN_HOUR);

    context.cancel(new IllegalStateException("gone"));

    assertThat(timer.getQueue()).isEmpty();
  }

  private CallContext withoutDeadline() {
    return CallContext.of(root, CallHead.NO_TIMEOUT, timer);
  }

  private CallContext withDeadline(long nanos) {
    return CallContext.of(root, nanos, timer);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.ServerCall;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CallEndTest {
  private static final Executor REFUSING =
      task -> {
        throw new RejectedExecutionException("full");
      };
  private final IllegalStateException cause = new IllegalStateException("gone");

  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final CallContext context =
      CallContext.of(Context.ROOT, TimeUnit.HOURS.toNanos(1), timer);
  private final Queue<Runnable> callbacks = new ArrayDeque<>();
  private final List<Runnable> contextTasks = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final AtomicInteger over = new AtomicInteger();
  private CallEnd end = end(contextTasks::add, callbacks::add);

  CallEndTest() {
    timer.setRemoveOnCancelPolicy(true);
  }

  @AfterEach
  void stopTimer() {
    timer.shutdownNow();
  }

  @Test
  void theFirstDecisionStays() {
    assertThat(end.hasCome()).isFalse();

    assertThat(end.decide(CallEnd.How.CANCELLED)).isTrue();
    assertThat(end.decide(CallEnd.How.COMPLETED)).isFalse();

    assertThat(end.hasCome()).isTrue();
  }

  @Test
  void aCompletedCallTellsItsListenerAndEndsItsContextWithoutACause() {
    end.decide(CallEnd.How.COMPLETED);
    end.follow(null, Listener::new);
    assertThat(contextTasks).isEmpty();
    assertThat(told).isEmpty();

    callbacks.remove().run();

    assertThat(told).containsExactly("complete");
    assertThat(context.isCancelledWithCause()).isFalse();
    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void aCancelledCallCancelsItsContextOutOfTurn() {
    end.decide(CallEnd.How.CANCELLED);
    end.follow(cause, Listener::new);
    assertThat(context.isCancelledWithCause()).isFalse();

    contextTasks.get(0).run();

    assertThat(context.isCancelledWithCause()).isTrue();
    assertThat(told).isEmpty();
  }

  @Test
  void theListenerOfACancelledCallFindsItsContextCancelled() {
    end.decide(CallEnd.How.CANCELLED);
    end.follow(cause, Listener::new);

    callbacks.remove().run();

    assertThat(told).containsExactly("cancel in a cancelled context: true");
    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void anExecutorThatRefusesTheContextIsDoneWithout() {
    end = end(REFUSING, callbacks::add);
    end.decide(CallEnd.How.CANCELLED);

    end.follow(cause, Listener::new);

    assertThat(context.isCancelledWithCause()).isTrue();
  }

  @Test
  void executorsThatRefuseEverythingLeaveNoTimerAndNoOpenCall() {
    end =
        new CallEnd(
            context, REFUSING, new SerialExecutor(REFUSING, REFUSING), over::incrementAndGet);
    end.decide(CallEnd.How.COMPLETED);

    end.follow(null, Listener::new);
    end.exchangeOver();

    assertThat(timer.getQueue()).isEmpty();
    assertThat(over).hasValue(1);
  }

  @Test
  void aCallIsOverWhenTheExchangeAndThenTheListenerAre() {
    end.decide(CallEnd.How.COMPLETED);
    end.follow(null, Listener::new);
    end.exchangeOver();
    assertThat(over).hasValue(0);

    callbacks.remove().run();

    assertThat(over).hasValue(1);
  }

  @Test
  void aCallIsOverWhenTheListenerAndThenTheExchangeAre() {
    end.decide(CallEnd.How.COMPLETED);
    end.follow(null, Listener::new);
    callbacks.remove().run();
    assertThat(over).hasValue(0);

    end.exchangeOver();

    assertThat(over).hasValue(1);
  }

  @Test
  void anExchangeThatIsOverTwiceCountsOnce() {
    end.exchangeOver();
    end.exchangeOver();
    assertThat(over).hasValue(0);

    end.decide(CallEnd.How.CANCELLED);
    end.follow(cause, Listener::new);
    callbacks.remove().run();
    end.exchangeOver();

    assertThat(over).hasValue(1);
  }

  @Test
  void aCallThatNoServiceTookIsOverTheSame() {
    end.decide(CallEnd.How.CANCELLED);
    end.follow(cause, () -> null);
    callbacks.remove().run();
    end.exchangeOver();

    assertThat(over).hasValue(1);
  }

  @Test
  void aLastCallbackThatThrowsEndsTheCallTheSame() {
    end = end(contextTasks::add, callbacks::add);
    AssertionError thrown = new AssertionError("thrown by a listener");
    end.decide(CallEnd.How.COMPLETED);
    end.follow(
        null,
        () ->
            new ServerCall.Listener<Object>() {
              @Override
              public void onComplete() {
                throw thrown;
              }
            });
    end.exchangeOver();

    assertThatThrownBy(() -> callbacks.remove().run()).isSameAs(thrown);

    assertThat(over).hasValue(1);
    assertThat(timer.getQueue()).isEmpty();
  }

  private CallEnd end(Executor contextExecutor, Executor callbackExecutor) {
    return new CallEnd(
        context,
        contextExecutor,
        new SerialExecutor(callbackExecutor, callbackExecutor),
        over::incrementAndGet);
  }

  private final class Listener extends ServerCall.Listener<Object> {
    @Override
    public void onComplete() {
      told.add("complete");
    }

    @Override
    public void onCancel() {
      told.add("cancel in a cancelled context: " + Context.current().isCancelled());
    }
  }
}

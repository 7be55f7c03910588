// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.ServerCall;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended, decided once, and what follows from it: the context is cancelled, the listener
 * gets its last callback, and when the exchange is over too, the call is no longer open.
 *
 * <p>Thread-safe.
 */
final class CallEnd {
  /** How a call ended. */
  enum How {
    /** The service has closed the call and its response has left. */
    COMPLETED,
    /** Any other end. */
    CANCELLED
  }

  /** The two things that a call consists of, and which of them is over. */
  private enum Rest {
    BOTH,
    EXCHANGE,
    LISTENER,
    NOTHING
  }

  private final CallContext context;
  private final Executor contextExecutor;
  private final SerialExecutor callbacks;
  private final Runnable onOver;

  /** Null while the call goes on; set once. */
  private final AtomicReference<@Nullable How> how = new AtomicReference<>();

  private final AtomicReference<Rest> rest = new AtomicReference<>(Rest.BOTH);

  /**
   * Creates the end of a call that goes on.
   *
   * @param contextExecutor where the context is cancelled, out of turn
   * @param callbacks where the last callback runs, in its turn
   * @param onOver runs once, when the exchange is over and the last callback has run
   */
  CallEnd(
      CallContext context, Executor contextExecutor, SerialExecutor callbacks, Runnable onOver) {
    this.context = context;
    this.contextExecutor = contextExecutor;
    this.callbacks = callbacks;
    this.onOver = onOver;
  }

  boolean hasCome() {
    return how.get() != null;
  }

  /** Called from any thread. Returns whether this is how the call ends. */
  boolean decide(How end) {
    return how.compareAndSet(null, end);
  }

  /**
   * Called by the thread that has decided.
   *
   * @param cause why the call was cancelled, if something was thrown
   * @param listener asked on the executor, in its turn
   */
  void follow(@Nullable Throwable cause, ListenerSource listener) {
    if (how.get() == How.CANCELLED) {
      cancelContext(cause);
    }
    try {
      callbacks.execute(() -> lastCallback(cause, listener.get()));
    } catch (RuntimeException refused) {
      endContext(cause);
      over(Rest.LISTENER);
    }
  }

  /** Where the listener comes from. */
  interface ListenerSource {
    /** Called on the executor; null if the service never took the call. */
    ServerCall.@Nullable Listener<?> get();
  }

  /** A busy service must see the cancellation, so this does not wait for its turn. */
  private void cancelContext(@Nullable Throwable cause) {
    try {
      contextExecutor.execute(() -> context.cancel(cause));
    } catch (RuntimeException refused) {
      context.cancel(cause);
    }
  }

  /** Called on the executor. */
  private void lastCallback(@Nullable Throwable cause, ServerCall.@Nullable Listener<?> listener) {
    try {
      boolean completed = how.get() == How.COMPLETED;
      if (!completed) {
        context.cancel(cause);
      }
      if (listener != null) {
        context.run(completed ? listener::onComplete : listener::onCancel);
      }
    } finally {
      endContext(cause);
      over(Rest.LISTENER);
    }
  }

  private void endContext(@Nullable Throwable cause) {
    if (how.get() == How.COMPLETED) {
      context.end();
    } else {
      context.cancel(cause);
    }
  }

  /** Called from any thread, also more than once: nothing happens on the exchange any more. */
  void exchangeOver() {
    over(Rest.EXCHANGE);
  }

  private void over(Rest part) {
    Rest other = part == Rest.EXCHANGE ? Rest.LISTENER : Rest.EXCHANGE;
    Rest before =
        rest.getAndUpdate(now -> now == Rest.BOTH ? other : now == part ? Rest.NOTHING : now);
    if (before == part) {
      onOver.run();
    }
  }
}

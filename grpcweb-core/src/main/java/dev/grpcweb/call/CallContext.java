// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Status;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Context} of one call: carries its deadline, and is cancelled in the end, whatever the
 * end is, so that no timer stays behind.
 *
 * <p>Thread-safe.
 */
final class CallContext {
  private final Context.CancellableContext context;

  private CallContext(Context.CancellableContext context) {
    this.context = context;
  }

  /**
   * Makes the context of a call.
   *
   * @param root what it inherits from; never the container thread's
   * @param timeoutNanos until the deadline, or {@link CallHead#NO_TIMEOUT}
   */
  static CallContext of(Context root, long timeoutNanos, ScheduledExecutorService timer) {
    return new CallContext(
        timeoutNanos == CallHead.NO_TIMEOUT
            ? root.withCancellation()
            : root.withDeadline(Deadline.after(timeoutNanos, TimeUnit.NANOSECONDS), timer));
  }

  /** Runs the action on the calling thread, with this context attached. */
  void run(Runnable action) {
    context.run(action);
  }

  /**
   * Reports the deadline's passing on the timer's thread; at once if it has passed already. Other
   * cancellations are not reported.
   */
  void onDeadline(Consumer<Status> action) {
    context.addListener(
        cancelled -> {
          Status status = Contexts.statusFromCancelled(cancelled);
          if (status != null && status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            action.accept(status);
          }
        },
        Runnable::run);
  }

  /** Returns whether the context was cancelled for a reason, the deadline included. */
  boolean isCancelledWithCause() {
    return context.isCancelled() && context.cancellationCause() != null;
  }

  /** Cancels after a good end. */
  void end() {
    context.cancel(null);
  }

  /** Cancels after a bad end; a cause is never missing then, since services ask for it. */
  void cancel(@Nullable Throwable cause) {
    context.cancel(cause == null ? new CallEndedException() : cause);
  }

  private static final class CallEndedException extends Exception {
    private static final long serialVersionUID = 1;

    CallEndedException() {
      super("the call was cancelled", null, false, false);
    }
  }
}

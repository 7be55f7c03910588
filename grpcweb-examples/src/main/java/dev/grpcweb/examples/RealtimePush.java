// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One call's pushes, from the first message to the end.
 *
 * <p>The timer's thread and the call's executor meet here; the monitor of this object guards every
 * field and every use of the observer.
 */
final class RealtimePush<T> {

  private static final Logger LOG = System.getLogger(RealtimePush.class.getName());

  private static final int MAX_LOGGED_NAME = 64;

  private enum State {
    /** The timer will say when the next message is due. */
    WAITING,
    /** A message is due and leaves as soon as the client can take it. */
    DUE,
    /** The call is over; whatever comes late is ignored. */
    ENDED
  }

  private final String client;
  private final ServerCallStreamObserver<T> observer;
  private final PushSource<T> messages;
  private final PushTimer timer;
  private final Duration period;
  private final int count;
  private final @Nullable Deadline deadline = Context.current().getDeadline();

  private State state = State.DUE;
  private int pushed;
  private @Nullable Future<?> timeout;

  RealtimePush(
      String client,
      ServerCallStreamObserver<T> observer,
      PushSource<T> messages,
      PushTimer timer,
      PushPlan plan) {
    this.client = loggable(client);
    this.observer = observer;
    this.messages = messages;
    this.timer = timer;
    this.period = plan.period();
    this.count = plan.count();
  }

  /** Pushes the first message. Called where the call is handled, before its callbacks. */
  void start() {
    LOG.log(Level.INFO, "push to {0} started", client);
    observer.setOnReadyHandler(this::advance);
    observer.setOnCancelHandler(this::cancelled);
    advance();
  }

  /** Called from the timer's thread. */
  private synchronized void due() {
    if (state == State.WAITING) {
      state = State.DUE;
      advance();
    }
  }

  /** Pushes what is due, if the client can take it. Called from any thread. */
  private synchronized void advance() {
    if (state != State.DUE || !observer.isReady()) {
      return;
    }
    try {
      if (pushed == count) {
        complete();
      } else {
        observer.onNext(messages.numbered(pushed + 1));
        pushed++;
        state = State.WAITING;
        timeout = timer.after(period, this::due);
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void complete() {
    observer.onNext(messages.completed());
    state = State.ENDED;
    observer.onCompleted();
    LOG.log(Level.INFO, "push to {0} completed after {1} messages", client, pushed);
  }

  private void fail(RuntimeException cause) {
    state = State.ENDED;
    LOG.log(Level.ERROR, "push to " + client + " failed", cause);
    try {
      observer.onNext(messages.failed());
      observer.onError(Status.INTERNAL.withDescription("the push failed").asRuntimeException());
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "the stream is broken too", e);
    }
  }

  /** Called from the call's executor when the client went away or its deadline passed. */
  private synchronized void cancelled() {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    if (timeout != null) {
      timeout.cancel(false);
    }
    String why = deadline != null && deadline.isExpired() ? "its deadline passed" : "cancelled";
    LOG.log(Level.INFO, "push to {0} stopped after {1} messages: {2}", client, pushed, why);
  }

  /** A client's name as it may stand in a log: short, and on one line. */
  private static String loggable(String name) {
    String shown = name.length() > MAX_LOGGED_NAME ? name.substring(0, MAX_LOGGED_NAME) : name;
    return shown.isEmpty() ? "a nameless client" : shown.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]", "?");
  }
}

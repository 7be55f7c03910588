// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A service's side of one call: the listener writes down what it is told, one word each: {@code
 * ready}, {@code message:text}, {@code halfClose}, {@code complete}, {@code cancel}.
 */
public final class RecordedCall extends ServerCall.Listener<String> {
  private final ServerCall<String, String> call;
  private final Metadata headers;
  private final Context context;
  private final RecordingHandler handler;
  private final List<String> events = new ArrayList<>();
  private @Nullable Thread inside;

  RecordedCall(ServerCall<String, String> call, Metadata headers, RecordingHandler handler) {
    this.call = call;
    this.headers = headers;
    this.context = Context.current();
    this.handler = handler;
  }

  public ServerCall<String, String> call() {
    return call;
  }

  public Metadata headers() {
    return headers;
  }

  /** Returns the context in which the call was started. */
  public Context context() {
    return context;
  }

  public synchronized List<String> events() {
    return List.copyOf(events);
  }

  /** Waits for an event. */
  public RecordedCall await(String event) throws InterruptedException {
    return await(event, so -> so.contains(event));
  }

  /** Waits until an event has come so often. */
  public RecordedCall await(String event, int times) throws InterruptedException {
    return await(
        times + " times " + event, so -> so.stream().filter(event::equals).count() >= times);
  }

  private synchronized RecordedCall await(String what, Predicate<List<String>> met)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Patience.SECONDS);
    while (!met.test(events)) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError("expected " + what + ", got " + events);
      }
      wait(left);
    }
    return this;
  }

  @Override
  public void onReady() {
    told("ready", "ready");
  }

  @Override
  public void onMessage(String message) {
    told("message:" + message, "message");
  }

  @Override
  public void onHalfClose() {
    told("halfClose", "halfClose");
  }

  @Override
  public void onComplete() {
    told("complete", "complete");
  }

  @Override
  public void onCancel() {
    told("cancel", "cancel");
  }

  @Override
  public void onEvent(Object event) {
    told("event:" + event, "event");
  }

  private void told(String event, String hook) {
    synchronized (this) {
      if (inside != null) {
        events.add("CONCURRENT " + event);
      }
      inside = Thread.currentThread();
      if (Context.current() != context) {
        events.add("FOREIGN CONTEXT " + event);
      }
      events.add(event);
      notifyAll();
    }
    try {
      Consumer<RecordedCall> action = handler.hook(hook);
      if (action != null) {
        action.accept(this);
      }
    } finally {
      synchronized (this) {
        inside = null;
      }
    }
  }
}

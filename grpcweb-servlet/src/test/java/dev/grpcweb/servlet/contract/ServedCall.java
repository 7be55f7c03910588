// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the server saw of one call, told to the test. Thread-safe. */
final class ServedCall {
  /** How a call ended for its listener. */
  enum End {
    COMPLETE,
    CANCEL
  }

  static final Context.Key<ServedCall> KEY = Context.key("served-call");

  private final CompletableFuture<ServerCall<?, ?>> started = new CompletableFuture<>();
  private final CompletableFuture<Boolean> halfClosed = new CompletableFuture<>();
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final AtomicInteger messages = new AtomicInteger();
  private final AtomicInteger ready = new AtomicInteger();
  private final AtomicInteger ends = new AtomicInteger();
  private volatile @Nullable Context context;

  void started(ServerCall<?, ?> call, Context callContext) {
    context = callContext;
    started.complete(call);
  }

  void received() {
    messages.incrementAndGet();
  }

  void becameReady() {
    ready.incrementAndGet();
  }

  void halfClosed() {
    halfClosed.complete(true);
  }

  void ended(End how) {
    ends.incrementAndGet();
    end.complete(how);
  }

  int messages() {
    return messages.get();
  }

  int readyCalls() {
    return ready.get();
  }

  boolean hasStarted() {
    return started.isDone();
  }

  boolean isHalfClosed() {
    return halfClosed.isDone();
  }

  boolean hasEnded() {
    return end.isDone();
  }

  int ends() {
    return ends.get();
  }

  /** Waits until the service has got the call. */
  @SuppressWarnings("unchecked") // all methods are of texts
  ServerCall<String, String> awaitStart() {
    return (ServerCall<String, String>) await(started, "start");
  }

  void awaitHalfClose() {
    await(halfClosed, "half-close");
  }

  End awaitEnd() {
    return await(end, "end");
  }

  /** Gives the call some time to end. */
  void awaitEnd(long millis) {
    try {
      end.get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException goesOn) {
      // That may be.
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  Context context() {
    awaitStart();
    Context known = context;
    if (known == null) {
      throw new IllegalStateException("started without a context");
    }
    return known;
  }

  /** Sends a message from the test's thread; the service leaves the call alone. */
  void push(String message) {
    awaitStart().sendMessage(message);
  }

  /** Ends the call from the test's thread; the service leaves the call alone. */
  void close(io.grpc.Status status) {
    awaitStart().close(status, new Metadata());
  }

  private static <T> T await(CompletableFuture<T> future, String what) {
    try {
      return future.get(Patience.SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("the server has not seen the call's " + what, e);
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }
}

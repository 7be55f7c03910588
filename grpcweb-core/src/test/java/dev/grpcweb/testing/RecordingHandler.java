// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A service that does what a test has told it to, event by event, and writes down all events. */
public final class RecordingHandler implements ServerCallHandler<String, String> {
  private final Map<String, Consumer<RecordedCall>> hooks = new ConcurrentHashMap<>();
  private final BlockingQueue<RecordedCall> started = new LinkedBlockingQueue<>();

  /**
   * Sets what is done inside an event: {@code start}, {@code ready}, {@code message}, {@code
   * halfClose}, {@code complete}, {@code cancel} or {@code event}.
   */
  public RecordingHandler on(String event, Consumer<RecordedCall> action) {
    hooks.put(event, action);
    return this;
  }

  @Nullable Consumer<RecordedCall> hook(String event) {
    return hooks.get(event);
  }

  @Override
  public ServerCall.Listener<String> startCall(ServerCall<String, String> call, Metadata headers) {
    RecordedCall recorded = new RecordedCall(call, headers, this);
    try {
      Consumer<RecordedCall> action = hooks.get("start");
      if (action != null) {
        action.accept(recorded);
      }
      return recorded;
    } finally {
      started.add(recorded);
    }
  }

  /** Waits for the next call, until its start has been done. */
  public RecordedCall awaitCall() throws InterruptedException {
    RecordedCall call = started.poll(Patience.SECONDS, TimeUnit.SECONDS);
    if (call == null) {
      throw new AssertionError("no call was started");
    }
    return call;
  }

  /** Returns how many calls were started and not yet asked for. */
  public int calls() {
    return started.size();
  }
}

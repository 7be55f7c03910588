// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.clients;

import dev.grpcweb.testing.proto.OutcomeResponse;
import dev.grpcweb.testing.proto.OutcomeResponse.Outcome;
import io.grpc.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/** How the calls that gave themselves an id ended. Safe for use by any thread. */
final class Outcomes {

  private final ConcurrentMap<String, Entry> calls = new ConcurrentHashMap<>();

  /** One call: it runs once it has begun, until it ends. */
  static final class Entry {
    private final CompletableFuture<Outcome> end = new CompletableFuture<>();
    private volatile Outcome current = Outcome.UNKNOWN;
    private volatile boolean hadDeadline;

    void ended(Outcome outcome) {
      end.complete(outcome);
    }

    private OutcomeResponse response(Outcome outcome) {
      return OutcomeResponse.newBuilder().setOutcome(outcome).setHadDeadline(hadDeadline).build();
    }
  }

  /** Called where the call is handled, in its context. */
  Entry begun(String callId) {
    Entry entry = entry(callId);
    entry.hadDeadline = Context.current().getDeadline() != null;
    entry.current = Outcome.RUNNING;
    return entry;
  }

  /** The call's outcome as soon as it ends, or what is known of it when the wait is over. */
  CompletableFuture<OutcomeResponse> await(String callId, int millis) {
    Entry entry = entry(callId);
    return entry
        .end
        .copy()
        .completeOnTimeout(Outcome.UNKNOWN, millis, TimeUnit.MILLISECONDS)
        .thenApply(end -> entry.response(end == Outcome.UNKNOWN ? entry.current : end));
  }

  private Entry entry(String callId) {
    return calls.computeIfAbsent(callId, id -> new Entry());
  }
}

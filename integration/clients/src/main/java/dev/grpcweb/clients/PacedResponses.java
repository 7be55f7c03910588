// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.clients;

import com.google.protobuf.ByteString;
import dev.grpcweb.testing.proto.CountRequest;
import dev.grpcweb.testing.proto.EchoResponse;
import dev.grpcweb.testing.proto.OutcomeResponse.Outcome;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The numbered responses of one call, an interval apart.
 *
 * <p>The timer's thread and the call's executor meet here; the monitor of this object guards every
 * field and every use of the observer.
 */
final class PacedResponses {

  private final CountRequest request;
  private final ServerCallStreamObserver<EchoResponse> observer;
  private final Outcomes.Entry outcome;
  private final ScheduledExecutorService timer;
  private final ByteString payload;

  private int sent;
  private boolean due = true;
  private boolean ended;
  private @Nullable Future<?> wake;

  PacedResponses(
      CountRequest request,
      ServerCallStreamObserver<EchoResponse> observer,
      Outcomes.Entry outcome,
      ScheduledExecutorService timer) {
    this.request = request;
    this.observer = observer;
    this.outcome = outcome;
    this.timer = timer;
    this.payload = ByteString.copyFrom(new byte[request.getPayloadSize()]);
  }

  /** Called where the call is handled, before its callbacks. */
  void start() {
    observer.setOnReadyHandler(this::advance);
    observer.setOnCancelHandler(this::cancelled);
    advance();
  }

  /** Called from any thread. */
  private synchronized void advance() {
    while (due && !ended && observer.isReady()) {
      if (sent == request.getCount()) {
        ended = true;
        observer.onCompleted();
        outcome.ended(Outcome.COMPLETED);
        return;
      }
      sent++;
      observer.onNext(
          EchoResponse.newBuilder()
              .setNumber(sent)
              .setText("#" + sent)
              .setPayload(payload)
              .build());
      due = request.getIntervalMs() == 0;
      if (!due) {
        wake = timer.schedule(this::becomeDue, request.getIntervalMs(), TimeUnit.MILLISECONDS);
      }
    }
  }

  /** Called from the timer's thread. */
  private synchronized void becomeDue() {
    due = true;
    advance();
  }

  /** Called from the call's executor. */
  private synchronized void cancelled() {
    ended = true;
    if (wake != null) {
      wake.cancel(false);
    }
    outcome.ended(Outcome.CANCELLED);
  }
}

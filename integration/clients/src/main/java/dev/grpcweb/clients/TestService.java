// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.clients;

import com.google.protobuf.Any;
import dev.grpcweb.testing.proto.CountRequest;
import dev.grpcweb.testing.proto.EchoRequest;
import dev.grpcweb.testing.proto.EchoResponse;
import dev.grpcweb.testing.proto.FailRequest;
import dev.grpcweb.testing.proto.HangRequest;
import dev.grpcweb.testing.proto.OutcomeRequest;
import dev.grpcweb.testing.proto.OutcomeResponse;
import dev.grpcweb.testing.proto.OutcomeResponse.Outcome;
import dev.grpcweb.testing.proto.TestServiceGrpc.TestServiceImplBase;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Behaves as the comments of {@code test_service.proto} say. Safe for use by any thread. */
final class TestService extends TestServiceImplBase {

  private final Outcomes outcomes = new Outcomes();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "test-service-timer");
            thread.setDaemon(true);
            return thread;
          });

  @Override
  public void echo(EchoRequest request, StreamObserver<EchoResponse> observer) {
    observer.onNext(echoOf(request, 1));
    observer.onCompleted();
  }

  @Override
  public void count(CountRequest request, StreamObserver<EchoResponse> observer) {
    Outcomes.Entry outcome = outcomes.begun(request.getCallId());
    new PacedResponses(request, (ServerCallStreamObserver<EchoResponse>) observer, outcome, timer)
        .start();
  }

  @Override
  public StreamObserver<EchoRequest> join(StreamObserver<EchoResponse> observer) {
    StringJoiner joined = new StringJoiner(",");
    return new Requests(observer) {
      @Override
      public void onNext(EchoRequest request) {
        joined.add(request.getText());
      }

      @Override
      public void onCompleted() {
        observer.onNext(EchoResponse.newBuilder().setText(joined.toString()).build());
        observer.onCompleted();
      }
    };
  }

  @Override
  public StreamObserver<EchoRequest> chat(StreamObserver<EchoResponse> observer) {
    return new Requests(observer) {
      private int number;

      @Override
      public void onNext(EchoRequest request) {
        observer.onNext(echoOf(request, ++number));
      }

      @Override
      public void onCompleted() {
        observer.onCompleted();
      }
    };
  }

  @Override
  public void fail(FailRequest request, StreamObserver<EchoResponse> observer) {
    for (int number = 1; number <= request.getResponses(); number++) {
      observer.onNext(EchoResponse.newBuilder().setNumber(number).setText("#" + number).build());
    }
    observer.onError(failureOf(request));
  }

  @Override
  public void failUnary(FailRequest request, StreamObserver<EchoResponse> observer) {
    observer.onError(failureOf(request));
  }

  @Override
  public void hang(HangRequest request, StreamObserver<EchoResponse> observer) {
    Outcomes.Entry outcome = outcomes.begun(request.getCallId());
    ((ServerCallStreamObserver<EchoResponse>) observer)
        .setOnCancelHandler(() -> outcome.ended(Outcome.CANCELLED));
  }

  @Override
  public void outcome(OutcomeRequest request, StreamObserver<OutcomeResponse> observer) {
    CompletableFuture<Void> unused =
        outcomes
            .await(request.getCallId(), request.getWaitMs())
            .thenAccept(
                outcome -> {
                  observer.onNext(outcome);
                  observer.onCompleted();
                });
  }

  private static EchoResponse echoOf(EchoRequest request, int number) {
    return EchoResponse.newBuilder()
        .setText(request.getText())
        .setPayload(request.getPayload())
        .setNumber(number)
        .build();
  }

  private static StatusRuntimeException failureOf(FailRequest request) {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(request.getCode())
            .setMessage(request.getMessage())
            .addDetails(Any.pack(request))
            .build());
  }

  /** A client's stream; one that breaks off ends the call. */
  private abstract static class Requests implements StreamObserver<EchoRequest> {

    private final StreamObserver<EchoResponse> observer;

    Requests(StreamObserver<EchoResponse> observer) {
      this.observer = observer;
    }

    @Override
    public void onError(Throwable error) {
      observer.onError(error);
    }
  }
}

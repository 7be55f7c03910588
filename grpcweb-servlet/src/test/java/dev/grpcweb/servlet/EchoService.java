// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import com.google.protobuf.ByteString;
import dev.grpcweb.testing.proto.CountRequest;
import dev.grpcweb.testing.proto.EchoRequest;
import dev.grpcweb.testing.proto.EchoResponse;
import dev.grpcweb.testing.proto.HangRequest;
import dev.grpcweb.testing.proto.TestServiceGrpc;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** Some methods of the test service, as far as the transport is concerned by them. */
public final class EchoService extends TestServiceGrpc.TestServiceImplBase {
  /** Done when the last call of hang or count was cancelled. */
  final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();

  /** Done when the last call of hang or count has been begun. */
  final CompletableFuture<Boolean> begun = new CompletableFuture<>();

  /** Constructed by doors without arguments as well. */
  public EchoService() {}

  @Override
  public void echo(EchoRequest request, StreamObserver<EchoResponse> responses) {
    if (request.getText().equals("reject")) {
      responses.onError(Status.FAILED_PRECONDITION.asRuntimeException());
      return;
    }
    responses.onNext(
        EchoResponse.newBuilder()
            .setText(request.getText())
            .setPayload(request.getPayload())
            .build());
    responses.onCompleted();
  }

  @Override
  public void count(CountRequest request, StreamObserver<EchoResponse> responses) {
    ServerCallStreamObserver<EchoResponse> call =
        (ServerCallStreamObserver<EchoResponse>) responses;
    ByteString payload = ByteString.copyFrom(new byte[request.getPayloadSize()]);
    call.setOnCancelHandler(() -> cancelled.complete(true));
    Runnable sender =
        new Runnable() {
          private int number;

          @Override
          public void run() {
            while (call.isReady() && number < request.getCount()) {
              call.onNext(EchoResponse.newBuilder().setNumber(number).setPayload(payload).build());
              number++;
              if (number == request.getCount()) {
                call.onCompleted();
              }
            }
          }
        };
    call.setOnReadyHandler(sender);
  }

  @Override
  public void hang(HangRequest request, StreamObserver<EchoResponse> responses) {
    Context.current().addListener(context -> cancelled.complete(true), Runnable::run);
    responses.onNext(EchoResponse.getDefaultInstance());
    begun.complete(true);
  }

  @Override
  public StreamObserver<EchoRequest> join(StreamObserver<EchoResponse> responses) {
    return new StreamObserver<>() {
      private final StringBuilder joined = new StringBuilder();

      @Override
      public void onNext(EchoRequest request) {
        if (request.getText().equals("reject")) {
          responses.onError(Status.FAILED_PRECONDITION.asRuntimeException());
          return;
        }
        joined.append(joined.isEmpty() ? "" : ",").append(request.getText());
      }

      @Override
      public void onError(Throwable cause) {
        cancelled.complete(true);
      }

      @Override
      public void onCompleted() {
        responses.onNext(EchoResponse.newBuilder().setText(joined.toString()).build());
        responses.onCompleted();
      }
    };
  }
}

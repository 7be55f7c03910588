// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import dev.grpcweb.examples.chat.ChatServiceGrpc.ChatServiceImplBase;
import dev.grpcweb.examples.chat.RealtimePushRequest;
import dev.grpcweb.examples.chat.RealtimePushResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Answers the client's name, or fails, as the documents tell. */
public final class EchoChat extends ChatServiceImplBase {
  /** The client that is told NOT_FOUND. */
  static final String UNKNOWN = "nobody";

  /** The client that is never answered. */
  static final String PATIENT = "patient";

  /** The client whose second message comes a second after the first. */
  static final String SLOW = "slow";

  /** Creates the service; a container does it too, by the name of the class. */
  public EchoChat() {}

  @Override
  public void startRealtimePush(
      RealtimePushRequest request, StreamObserver<RealtimePushResponse> observer) {
    switch (request.getClientId()) {
      case UNKNOWN ->
          observer.onError(Status.NOT_FOUND.withDescription("no €").asRuntimeException());
      case PATIENT -> {}
      case SLOW -> {
        observer.onNext(message("first"));
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(() -> end(observer));
      }
      default -> {
        observer.onNext(message(request.getClientId()));
        observer.onCompleted();
      }
    }
  }

  private static void end(StreamObserver<RealtimePushResponse> observer) {
    observer.onNext(message("second"));
    observer.onCompleted();
  }

  private static RealtimePushResponse message(String data) {
    return RealtimePushResponse.newBuilder().setData(data).build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import dev.grpcweb.examples.greeter.MessageRequest;
import dev.grpcweb.examples.greeter.MessageResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A call that streams its messages to the server. One thread sends; replies arrive in the channel's
 * threads at the same time.
 */
final class StreamingCall {

  private final StreamObserver<MessageRequest> requests;
  private final Replies replies;

  private StreamingCall(StreamObserver<MessageRequest> requests, Replies replies) {
    this.requests = requests;
    this.replies = replies;
  }

  /** Begins a call of this method; its replies go to {@code listener}, in the channel's threads. */
  static StreamingCall open(
      Function<StreamObserver<MessageResponse>, StreamObserver<MessageRequest>> method,
      Consumer<String> listener) {
    Replies replies = new Replies(listener);
    return new StreamingCall(method.apply(replies), replies);
  }

  /** Sends a message; one that is sent when the call is over is lost. */
  void send(String content) {
    requests.onNext(MessageRequest.newBuilder().setContent(content).build());
  }

  /** Says that no message follows. Replies still come. */
  void halfClose() {
    requests.onCompleted();
  }

  /** Done when the server is reached, or when the call is over. */
  CompletableFuture<Void> ready() {
    return replies.ready;
  }

  /** Done when the call is over. */
  CompletableFuture<Status> end() {
    return replies.end;
  }

  /** The channel's threads call its methods, one at a time. */
  private static final class Replies
      implements ClientResponseObserver<MessageRequest, MessageResponse> {

    private final Consumer<String> listener;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    Replies(Consumer<String> listener) {
      this.listener = listener;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<MessageRequest> requests) {
      requests.setOnReadyHandler(() -> ready.complete(null));
    }

    @Override
    public void onNext(MessageResponse message) {
      listener.accept(message.getReply());
    }

    @Override
    public void onError(Throwable error) {
      end(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
      end(Status.OK);
    }

    private void end(Status status) {
      end.complete(status);
      ready.complete(null);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import dev.grpcweb.examples.greeter.GreeterGrpc.GreeterImplBase;
import dev.grpcweb.examples.greeter.MessageRequest;
import dev.grpcweb.examples.greeter.MessageResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** Talks in each of the four kinds of calls. Safe for use by any thread. */
final class GreeterService extends GreeterImplBase {

  private final PushPlan plan;
  private final PushTimer timer;

  /** Sends the updates of a subscription as {@code plan} says. */
  GreeterService(PushPlan plan) {
    this(plan, PushTimer.SHARED);
  }

  GreeterService(PushPlan plan, PushTimer timer) {
    this.plan = plan;
    this.timer = timer;
  }

  @Override
  public StreamObserver<MessageRequest> chat(StreamObserver<MessageResponse> replies) {
    return new Chat((ServerCallStreamObserver<MessageResponse>) replies);
  }

  @Override
  public void greet(MessageRequest request, StreamObserver<MessageResponse> replies) {
    replies.onNext(received(request.getContent()));
    replies.onCompleted();
  }

  @Override
  public StreamObserver<MessageRequest> collect(StreamObserver<MessageResponse> replies) {
    return new Tally(replies);
  }

  @Override
  public void subscribe(MessageRequest request, StreamObserver<MessageResponse> replies) {
    new RealtimePush<>(
            request.getContent(),
            (ServerCallStreamObserver<MessageResponse>) replies,
            new Updates(),
            timer,
            plan)
        .start();
  }

  private static MessageResponse received(String what) {
    return reply("Received: " + what);
  }

  private static MessageResponse reply(String text) {
    return MessageResponse.newBuilder().setReply(text).build();
  }

  /**
   * Takes a message only when there is room for its answer, or a client that never reads would fill
   * the server's memory. gRPC calls one method at a time.
   */
  private static final class Chat implements StreamObserver<MessageRequest> {

    private final ServerCallStreamObserver<MessageResponse> replies;

    /** Whether the next message has not been asked for, as there is no room for its answer. */
    private boolean full;

    Chat(ServerCallStreamObserver<MessageResponse> replies) {
      this.replies = replies;
      replies.disableAutoRequest();
      replies.setOnReadyHandler(this::roomAgain);
      replies.request(1);
    }

    @Override
    public void onNext(MessageRequest message) {
      replies.onNext(received(message.getContent()));
      if (replies.isReady()) {
        replies.request(1);
      } else {
        full = true;
      }
    }

    private void roomAgain() {
      if (full) {
        full = false;
        replies.request(1);
      }
    }

    @Override
    public void onError(Throwable error) {
      // The client has gone, and nothing is left to be said.
    }

    @Override
    public void onCompleted() {
      replies.onCompleted();
    }
  }

  /** Counts; gRPC calls one method at a time. */
  private static final class Tally implements StreamObserver<MessageRequest> {

    private final StreamObserver<MessageResponse> replies;
    private long count;

    Tally(StreamObserver<MessageResponse> replies) {
      this.replies = replies;
    }

    @Override
    public void onNext(MessageRequest message) {
      count++;
    }

    @Override
    public void onError(Throwable error) {
      // The client has gone, and nothing is left to be said.
    }

    @Override
    public void onCompleted() {
      replies.onNext(received(count + (count == 1 ? " message" : " messages")));
      replies.onCompleted();
    }
  }

  private static final class Updates implements PushSource<MessageResponse> {

    @Override
    public MessageResponse numbered(int number) {
      return reply("Update " + number);
    }

    @Override
    public MessageResponse completed() {
      return reply("That was all");
    }

    @Override
    public MessageResponse failed() {
      return reply("The updates broke off; please try again later");
    }
  }
}

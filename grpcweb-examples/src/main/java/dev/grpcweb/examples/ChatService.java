// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import dev.grpcweb.examples.chat.ChatServiceGrpc.ChatServiceImplBase;
import dev.grpcweb.examples.chat.RealtimePushRequest;
import dev.grpcweb.examples.chat.RealtimePushResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;

/**
 * Pushes a numbered message at once and then one each period, until all are out or the client goes
 * away. Safe for use by any thread; a waiting call holds none.
 */
public final class ChatService extends ChatServiceImplBase {

  private final PushPlan plan;
  private final PushMessages messages;
  private final PushTimer timer;

  /** Pushes a hundred messages, two seconds apart. */
  public ChatService() {
    this(PushPlan.DEFAULT);
  }

  /** Pushes {@code count} messages, {@code period} apart. */
  public ChatService(Duration period, int count) {
    this(new PushPlan(period, count));
  }

  ChatService(PushPlan plan) {
    this(plan, new PushMessages(Clock.systemUTC(), new Random()), PushTimer.SHARED);
  }

  ChatService(PushPlan plan, PushMessages messages, PushTimer timer) {
    this.plan = plan;
    this.messages = messages;
    this.timer = timer;
  }

  @Override
  public void startRealtimePush(
      RealtimePushRequest request, StreamObserver<RealtimePushResponse> observer) {
    new RealtimePush<>(
            request.getClientId(),
            (ServerCallStreamObserver<RealtimePushResponse>) observer,
            messages,
            timer,
            plan)
        .start();
  }
}

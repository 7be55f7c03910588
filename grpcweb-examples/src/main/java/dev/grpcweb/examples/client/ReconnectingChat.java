// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import dev.grpcweb.examples.greeter.GreeterGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A chat that goes on, in another call, when its server went away. The reply to a message is its
 * acknowledgement: only messages without one are sent again. A message whose reply was lost reaches
 * the server twice, which no client can tell from a message that was lost.
 *
 * <p>One thread sends and waits, the channel's threads acknowledge; the monitor of this object
 * guards what they share.
 */
final class ReconnectingChat {

  /** What a server leaves behind: this client cancels nothing, so a reset came from there. */
  private static final Set<Status.Code> AWAY =
      Set.of(Status.Code.UNAVAILABLE, Status.Code.CANCELLED);

  private static final Status ENDED_EARLY =
      Status.UNAVAILABLE.withDescription("the server ended the chat early");

  private final ManagedChannel channel;
  private final Backoff backoff;
  private final Pacing pacing;
  private final Consumer<String> out;

  /** Sent and not acknowledged, in order. */
  private final Deque<String> unacknowledged = new ArrayDeque<>();

  /** Whether a message was acknowledged since {@link #tookAcknowledgement} was asked. */
  private boolean acknowledgedAny;

  /** How many messages were sent; for the sending thread alone. */
  private int sent;

  ReconnectingChat(ManagedChannel channel, Backoff backoff, Pacing pacing, Consumer<String> out) {
    this.channel = channel;
    this.backoff = backoff;
    this.pacing = pacing;
    this.out = out;
  }

  /** Sends {@code count} messages until all are acknowledged, or returns why they are not. */
  Status run(int count, Duration interval) throws InterruptedException {
    while (true) {
      Status end = attempt(count, interval);
      if (sent == count && pending().isEmpty()) {
        return Status.OK;
      }
      if (end.isOk()) {
        end = ENDED_EARLY;
      }
      if (tookAcknowledgement()) {
        backoff.reset();
      }
      if (!AWAY.contains(end.getCode()) || backoff.isSpent()) {
        return end;
      }
      Duration wait = backoff.next();
      out.accept("the server is away, next attempt in " + wait.toMillis() + " ms");
      pacing.pause(wait, new CompletableFuture<>());
      // The channel has a backoff of its own, during which it would refuse the attempt.
      channel.enterIdle();
    }
  }

  /** One call, which begins with what is unacknowledged. */
  private Status attempt(int count, Duration interval) throws InterruptedException {
    StreamingCall call = StreamingCall.open(GreeterGrpc.newStub(channel)::chat, this::acknowledge);
    call.ready().join();
    if (call.end().isDone()) {
      return call.end().join();
    }
    for (String message : pending()) {
      out.accept("sent again " + message);
      call.send(message);
    }
    while (sent < count && !call.end().isDone()) {
      String message = "Message " + sent;
      sent++;
      append(message);
      out.accept("sent " + message);
      call.send(message);
      pacing.pause(interval, call.end());
    }
    call.halfClose();
    return call.end().join();
  }

  private synchronized void append(String message) {
    unacknowledged.add(message);
  }

  /** Called from the channel's threads; replies come in the order of the messages. */
  private synchronized void acknowledge(String reply) {
    acknowledgedAny |= unacknowledged.poll() != null;
    out.accept("received " + reply);
  }

  private synchronized List<String> pending() {
    return List.copyOf(unacknowledged);
  }

  private synchronized boolean tookAcknowledgement() {
    boolean any = acknowledgedAny;
    acknowledgedAny = false;
    return any;
  }
}

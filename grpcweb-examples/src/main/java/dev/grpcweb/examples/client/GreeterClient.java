// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import dev.grpcweb.examples.greeter.GreeterGrpc;
import dev.grpcweb.examples.greeter.GreeterGrpc.GreeterStub;
import dev.grpcweb.examples.greeter.MessageRequest;
import dev.grpcweb.examples.greeter.MessageResponse;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The commands of {@link ClientOptions#USAGE}. For one thread. */
public final class GreeterClient {

  /** Held, or its level would be forgotten. */
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  private static final int GZIP_CHARACTERS = 60_000;
  private static final long CLOSE_MILLIS = 2000;

  private final ClientOptions options;
  private final ManagedChannel channel;
  private final Pacing pacing;
  private final Consumer<String> out;

  GreeterClient(
      ClientOptions options, ManagedChannel channel, Pacing pacing, Consumer<String> out) {
    this.options = options;
    this.channel = channel;
    this.pacing = pacing;
    this.out = out;
  }

  /** Performs one command; the exit code is 0 if its call ended well. */
  public static void main(String[] args) throws InterruptedException {
    GRPC_LOG.setLevel(Level.WARNING);
    System.exit(run(Pacing.REAL, System.out::println, args));
  }

  /** Performs the command of a command line and returns the exit code. */
  public static int run(Pacing pacing, Consumer<String> out, String... args)
      throws InterruptedException {
    ClientOptions options;
    try {
      options = ClientOptions.parse(args);
    } catch (IllegalArgumentException e) {
      out.accept(e.getMessage());
      out.accept(ClientOptions.USAGE);
      return 2;
    }
    ManagedChannel channel =
        Grpc.newChannelBuilder(options.target(), InsecureChannelCredentials.create()).build();
    try {
      Status end = new GreeterClient(options, channel, pacing, out).perform();
      out.accept("ended with " + text(end));
      return end.isOk() ? 0 : 1;
    } finally {
      channel.shutdownNow();
      boolean unused = channel.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private static String text(Status status) {
    String description = status.getDescription();
    return status.getCode() + (description == null ? "" : ": " + description);
  }

  /** Performs the command and returns how its call, or the last of its calls, ended. */
  private Status perform() throws InterruptedException {
    GreeterStub stub = GreeterGrpc.newStub(channel);
    try {
      return switch (options.command()) {
        case CHAT -> converse(stub::chat);
        case COLLECT -> converse(stub::collect);
        case DEADLINE -> converse(stub.withDeadlineAfter(options.deadline())::chat);
        case RECONNECT -> reconnect();
        case GZIP -> gzip();
        case LARGE -> large();
        case PUSH -> push();
      };
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  /** Sends a message each interval, while replies come whenever they come. */
  private Status converse(
      Function<StreamObserver<MessageResponse>, StreamObserver<MessageRequest>> method)
      throws InterruptedException {
    StreamingCall call = StreamingCall.open(method, reply -> out.accept("received " + reply));
    call.ready().join();
    for (int n = 0; n < options.count() && !call.end().isDone(); n++) {
      out.accept("sent Message " + n);
      call.send("Message " + n);
      pacing.pause(options.interval(), call.end());
    }
    if (!call.end().isDone()) {
      out.accept("half-closed");
      call.halfClose();
    }
    return call.end().join();
  }

  private Status reconnect() throws InterruptedException {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), 10, new Random());
    return new ReconnectingChat(channel, backoff, pacing, out)
        .run(options.count(), options.interval());
  }

  private Status gzip() {
    String content = "gzip! ".repeat(GZIP_CHARACTERS / "gzip! ".length());
    WireBytes wire = new WireBytes();
    MessageResponse response =
        GreeterGrpc.newBlockingStub(channel)
            .withCompression("gzip")
            .withInterceptors(wire)
            .greet(request(content));
    out.accept("sent " + content.length() + " characters as " + wire.sent() + " bytes");
    int characters = response.getReply().length();
    out.accept("received " + characters + " characters as " + wire.received() + " bytes");
    return Status.OK;
  }

  private Status large() {
    out.accept("sent " + options.bytes() + " bytes");
    MessageResponse response =
        GreeterGrpc.newBlockingStub(channel)
            .withMaxInboundMessageSize(options.maxMessageBytes())
            .greet(request("x".repeat(options.bytes())));
    out.accept("received " + response.getReply().length() + " bytes");
    return Status.OK;
  }

  /** Receives what the server says of its own accord, and cancels when it has heard enough. */
  private Status push() {
    Context.CancellableContext context = Context.current().withCancellation();
    Context previous = context.attach();
    try {
      Iterator<MessageResponse> updates =
          GreeterGrpc.newBlockingStub(channel).subscribe(request("greeter client"));
      for (int n = 0; n < options.count() && updates.hasNext(); n++) {
        out.accept("received " + updates.next().getReply());
      }
    } finally {
      context.detachAndCancel(previous, null);
    }
    return Status.OK;
  }

  private static MessageRequest request(String content) {
    return MessageRequest.newBuilder().setContent(content).build();
  }
}

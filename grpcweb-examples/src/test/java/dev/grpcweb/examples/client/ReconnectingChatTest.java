// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.examples.ExampleServer;
import dev.grpcweb.examples.greeter.GreeterGrpc.GreeterImplBase;
import dev.grpcweb.examples.greeter.MessageRequest;
import dev.grpcweb.examples.greeter.MessageResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ReconnectingChatTest {

  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Duration FIRST = Duration.ofSeconds(1);

  /** In the middle of every range, so that the backoff has no jitter. */
  private static final RandomGenerator EVEN = () -> Long.MIN_VALUE;

  private final Transcript transcript = new Transcript();
  private final String name = InProcessServerBuilder.generateName();
  private final Deque<AutoCloseable> closers = new ArrayDeque<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closer : closers) {
      closer.close();
    }
  }

  @Test
  void aChatGoesOnWhenItsServerIsBack() throws Exception {
    HeldPort port = new HeldPort();
    closers.push(port);
    ExampleServer first = exampleServer(port);
    Pacing restart =
        (time, over) -> {
          transcript.pause(time, over);
          switch (transcript.pauses().size()) {
            case 2 -> {
              first.close();
              over.join();
            }
            case 5 -> exampleServer(port);
            default -> {}
          }
        };

    assertThat(chat(overHttp2(port), restart).run(4, INTERVAL)).isEqualTo(Status.OK);

    assertThat(transcript.lines())
        .containsExactly(
            "sent Message 0",
            "received Received: Message 0",
            "sent Message 1",
            "received Received: Message 1",
            "the server is away, next attempt in 1000 ms",
            "the server is away, next attempt in 2000 ms",
            "the server is away, next attempt in 4000 ms",
            "sent Message 2",
            "received Received: Message 2",
            "sent Message 3",
            "received Received: Message 3");
  }

  @Test
  void whatIsUnacknowledgedIsSentAgainAndNothingElse() throws Exception {
    Life first = begin(new Life(2));
    Life second = new Life(Integer.MAX_VALUE);
    Pacing dieAfterFour =
        (time, over) -> {
          if (time.equals(FIRST)) {
            begin(second);
          } else if (transcript.count("sent ") == 4) {
            transcript.await("received ", 2);
            first.end();
            over.join();
          }
        };

    assertThat(chat(inProcess(), dieAfterFour).run(6, INTERVAL)).isEqualTo(Status.OK);

    assertThat(first.received).startsWith("Message 0", "Message 1");
    assertThat(second.received).containsExactly("Message 2", "Message 3", "Message 4", "Message 5");
    assertThat(transcript.lines())
        .filteredOn(line -> line.startsWith("sent again "))
        .containsExactly("sent again Message 2", "sent again Message 3");
  }

  @Test
  void everyAcknowledgementBeginsTheBackoffAnew() throws Exception {
    Deque<Life> lives = new ArrayDeque<>(List.of(new Life(1), new Life(1), new Life(1)));
    Pacing oneAnswerEach =
        (time, over) -> {
          if (time.equals(INTERVAL)) {
            transcript.pause(time, over);
            lives.remove().end();
            over.join();
          } else {
            transcript.accept("waited " + time.toMillis());
            begin(lives.element());
          }
        };
    begin(lives.element());

    assertThat(chat(inProcess(), oneAnswerEach).run(3, INTERVAL)).isEqualTo(Status.OK);

    assertThat(transcript.lines())
        .filteredOn(line -> line.startsWith("waited "))
        .containsExactly("waited 1000", "waited 1000");
  }

  @Test
  void anEndBeforeAllRepliesIsNoSuccess() throws Exception {
    begin(new Life(0, Status.OK));
    Pacing untilTheEnd =
        (time, over) -> {
          if (time.equals(INTERVAL)) {
            over.join();
          }
        };

    Status end = chat(inProcess(), untilTheEnd).run(1, INTERVAL);

    assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(end.getDescription()).isEqualTo("the server ended the chat early");
    assertThat(transcript.count("sent again Message 0")).isEqualTo(4);
  }

  @Test
  void aServerThatStaysAwayIsGivenUp() throws Exception {
    Status end = chat(inProcess(), transcript).run(1, INTERVAL);

    assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(transcript.pauses())
        .containsExactly(
            FIRST, FIRST.multipliedBy(2), FIRST.multipliedBy(4), FIRST.multipliedBy(8));
    assertThat(transcript.count("sent ")).isZero();
  }

  @Test
  void anyOtherFailureIsFinal() throws Exception {
    begin(new Life(0, Status.PERMISSION_DENIED));

    Status end = chat(inProcess(), transcript).run(1, INTERVAL);

    assertThat(end.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(transcript.lines()).containsExactly("sent Message 0");
  }

  private ReconnectingChat chat(ManagedChannel channel, Pacing pacing) {
    Backoff backoff = new Backoff(FIRST, Duration.ofSeconds(30), 4, EVEN);
    return new ReconnectingChat(channel, backoff, pacing, transcript);
  }

  private ManagedChannel overHttp2(HeldPort port) {
    return closedAtTheEnd(
        Grpc.newChannelBuilder("localhost:" + port.number(), InsecureChannelCredentials.create())
            .build());
  }

  private ManagedChannel inProcess() {
    return closedAtTheEnd(InProcessChannelBuilder.forName(name).build());
  }

  private ManagedChannel closedAtTheEnd(ManagedChannel channel) {
    closers.push(channel::shutdownNow);
    return channel;
  }

  private ExampleServer exampleServer(HeldPort port) {
    try {
      ExampleServer server = ExampleServer.start("--port", String.valueOf(port.number()));
      closers.push(server);
      return server;
    } catch (Exception e) {
      throw new IllegalStateException("the server did not start", e);
    }
  }

  private Life begin(Life life) {
    life.begin(name);
    closers.push(life::end);
    return life;
  }

  /** A greeter from its start to its end. */
  private static final class Life extends GreeterImplBase {

    private final List<String> received = new CopyOnWriteArrayList<>();
    private final int answers;
    private final @Nullable Status end;
    private @Nullable Server server;

    /** Answers so many messages, and then takes them without an answer. */
    Life(int answers) {
      this(answers, null);
    }

    /** Answers so many messages, and ends the call at the next. */
    Life(int answers, @Nullable Status end) {
      this.answers = answers;
      this.end = end;
    }

    void begin(String name) {
      try {
        server = InProcessServerBuilder.forName(name).addService(this).build().start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void end() {
      requireNonNull(server).shutdownNow();
    }

    @Override
    public StreamObserver<MessageRequest> chat(StreamObserver<MessageResponse> replies) {
      return new StreamObserver<>() {
        @Override
        public void onNext(MessageRequest message) {
          received.add(message.getContent());
          if (received.size() <= answers) {
            String reply = "Received: " + message.getContent();
            replies.onNext(MessageResponse.newBuilder().setReply(reply).build());
          } else if (end != null) {
            finish(end);
          }
        }

        private void finish(Status status) {
          if (status.isOk()) {
            replies.onCompleted();
          } else {
            replies.onError(status.asRuntimeException());
          }
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
          if (end == null) {
            replies.onCompleted();
          }
        }
      };
    }
  }
}

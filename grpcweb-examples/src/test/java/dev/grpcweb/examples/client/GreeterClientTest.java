// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.examples.ExampleServer;
import dev.grpcweb.examples.greeter.GreeterGrpc;
import dev.grpcweb.examples.greeter.MessageRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Each command of the client, against the example server. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class GreeterClientTest {

  private static final Pacing NO_PAUSES = (time, over) -> {};

  private final Transcript transcript = new Transcript();
  private ExampleServer server;

  @BeforeEach
  void start() throws Exception {
    server = ExampleServer.start("--port", "0", "--period-ms", "1", "--count", "1000000");
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aChatIsAnsweredWhileItGoesOnAndEndsWhenTheClientHalfCloses() throws Exception {
    assertThat(run("chat")).isZero();

    assertThat(transcript.lines())
        .containsExactly(
            "sent Message 0",
            "received Received: Message 0",
            "sent Message 1",
            "received Received: Message 1",
            "sent Message 2",
            "received Received: Message 2",
            "sent Message 3",
            "received Received: Message 3",
            "sent Message 4",
            "received Received: Message 4",
            "half-closed",
            "ended with OK");
    assertThat(transcript.pauses()).isEqualTo(Collections.nCopies(5, Duration.ofSeconds(1)));
  }

  @Test
  void repliesComeAfterTheHalfCloseToo() throws Exception {
    assertThat(run(NO_PAUSES, "chat", "--count", "500")).isZero();

    List<String> replies = new ArrayList<>();
    for (int n = 0; n < 500; n++) {
      replies.add("received Received: Message " + n);
    }
    assertThat(transcript.lines())
        .filteredOn(line -> line.startsWith("received "))
        .isEqualTo(replies);
    assertThat(transcript.last()).isEqualTo("ended with OK");
  }

  @Test
  void aCollectionIsAnsweredOnceTheClientHasHalfClosed() throws Exception {
    assertThat(run(NO_PAUSES, "collect", "--count", "3")).isZero();

    assertThat(transcript.lines())
        .containsExactly(
            "sent Message 0",
            "sent Message 1",
            "sent Message 2",
            "half-closed",
            "received Received: 3 messages",
            "ended with OK");
  }

  @Test
  void aDeadlineEndsTheChatAndThePauseInIt() throws Exception {
    Pacing untilTheEnd = (time, over) -> over.join();
    assertThat(run(untilTheEnd, "deadline", "--deadline-ms", "300")).isEqualTo(1);

    assertThat(transcript.last()).startsWith("ended with DEADLINE_EXCEEDED");
    assertThat(transcript.lines()).doesNotContain("sent Message 1", "half-closed");
  }

  @Test
  void gzipMakesTheMessagesSmallBothWays() throws Exception {
    assertThat(run("gzip")).isZero();

    assertThat(transcript.lines()).hasSize(3);
    assertThat(transcript.lines().get(0)).matches("sent 60000 characters as \\d{2,3} bytes");
    assertThat(transcript.lines().get(1)).matches("received 60010 characters as \\d{2,3} bytes");
    assertThat(transcript.last()).isEqualTo("ended with OK");
  }

  @Test
  void whoAsksWithoutGzipIsAnsweredWithout() {
    ManagedChannel channel =
        Grpc.newChannelBuilder(target(), InsecureChannelCredentials.create()).build();
    WireBytes wire = new WireBytes();
    String content = "x".repeat(1000);

    GreeterGrpc.newBlockingStub(channel)
        .withInterceptors(wire)
        .greet(MessageRequest.newBuilder().setContent(content).build());
    channel.shutdownNow();

    assertThat(wire.sent()).isGreaterThan(1000);
    assertThat(wire.received()).isGreaterThan(1010);
  }

  @Test
  void aLargeMessagePassesWhereTheLimitIsRaised() throws Exception {
    assertThat(run("large")).isZero();

    assertThat(transcript.lines())
        .containsExactly("sent 6000000 bytes", "received 6000010 bytes", "ended with OK");
  }

  @Test
  void aSmallerLimitOfTheClientRefusesTheReply() throws Exception {
    assertThat(run("large", "--max-message-bytes", "4194304")).isEqualTo(1);

    assertThat(transcript.lines())
        .containsExactly(
            "sent 6000000 bytes",
            "ended with RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 4194304: 6000015");
  }

  @Test
  void theServersLimitRefusesTheRequest() throws Exception {
    assertThat(run("large", "--bytes", "20000000")).isEqualTo(1);

    assertThat(transcript.lines())
        .containsExactly(
            "sent 20000000 bytes",
            "ended with RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 16777216: 20000005");
  }

  @Test
  void updatesComeUnasked() throws Exception {
    assertThat(run("push", "--count", "3")).isZero();

    assertThat(transcript.lines())
        .containsExactly(
            "received Update 1", "received Update 2", "received Update 3", "ended with OK");
  }

  @Test
  void aServerThatIsNotThereIsUnavailable() throws Exception {
    String target = target();
    server.close();
    assertThat(run(transcript, "chat", "--target", target)).isEqualTo(1);

    assertThat(transcript.lines()).hasSize(1);
    assertThat(transcript.last()).startsWith("ended with UNAVAILABLE");
  }

  @Test
  void aWordAtFaultIsNamedAndTheUsageIsPrinted() throws Exception {
    assertThat(GreeterClient.run(transcript, transcript, "sing")).isEqualTo(2);

    assertThat(transcript.lines()).containsExactly("unknown command sing", ClientOptions.USAGE);
  }

  private int run(String... command) throws Exception {
    return run(transcript, command);
  }

  private int run(Pacing pacing, String... command) throws Exception {
    List<String> args = new ArrayList<>(List.of(command));
    if (!args.contains("--target")) {
      args.addAll(List.of("--target", target()));
    }
    return GreeterClient.run(pacing, transcript, args.toArray(String[]::new));
  }

  private String target() {
    return "localhost:" + server.port();
  }
}

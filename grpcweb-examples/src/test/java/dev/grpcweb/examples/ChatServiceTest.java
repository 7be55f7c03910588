// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.examples.chat.ChatServiceGrpc;
import dev.grpcweb.examples.chat.ChatServiceGrpc.ChatServiceStub;
import dev.grpcweb.examples.chat.RealtimePushRequest;
import dev.grpcweb.examples.chat.RealtimePushResponse;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChatServiceTest {

  private static final Duration PERIOD = Duration.ofSeconds(2);
  private static final RandomGenerator BROKEN =
      () -> {
        throw new IllegalStateException("secret");
      };

  private final FakeTime time = new FakeTime();
  private final LogTap log = new LogTap(RealtimePush.class);
  private final List<Runnable> closers = new ArrayList<>();

  @AfterEach
  void close() {
    closers.forEach(Runnable::run);
    log.close();
  }

  @Test
  void theFirstMessageComesAtOnceAndEachOtherAPeriodLater() throws IOException {
    RecordingResponses<RealtimePushResponse> client = push(stub(3), responses());

    assertThat(client.messages()).hasSize(1);
    time.pass(PERIOD.minusMillis(1));
    assertThat(client.messages()).hasSize(1);
    time.pass(Duration.ofMillis(1));
    assertThat(client.messages()).hasSize(2);
    time.pass(PERIOD);
    assertThat(client.messages()).hasSize(3);
  }

  @Test
  void aMessageSaysItsNumberAValueAndTheTimeInUtc() throws IOException {
    RecordingResponses<RealtimePushResponse> client = push(stub(3), responses());
    time.pass(PERIOD);

    assertThat(client.texts().get(0)).matches("#0001 - 数值: [1-9][0-9]{0,2} \\| 时间: 10:20:30\\.456");
    assertThat(client.texts().get(1)).matches("#0002 - 数值: [1-9][0-9]{0,2} \\| 时间: 10:20:32\\.456");
    assertThat(client.messages().get(0).getTimestamp()).isEqualTo(1795256430);
    assertThat(client.messages().get(1).getTimestamp()).isEqualTo(1795256432);
  }

  @Test
  void theLastMessageSaysThatThePushIsCompleteAndTheCallEndsWithOk() throws IOException {
    RecordingResponses<RealtimePushResponse> client = push(stub(2), responses());
    time.pass(PERIOD);
    assertThat(client.status()).isNull();
    time.pass(PERIOD);

    assertThat(client.messages()).hasSize(3);
    RealtimePushResponse last = client.messages().get(2);
    assertThat(last.getData()).isEqualTo("实时推送测试完成！");
    assertThat(last.getDataType()).isEqualTo("系统消息");
    assertThat(last.getTimestamp()).isEqualTo(1795256434);
    assertThat(client.status()).isEqualTo(Status.OK);
    assertThat(time.waiting()).isZero();
    assertThat(log.lines())
        .containsExactly("push to tester started", "push to tester completed after 2 messages");
  }

  @Test
  void aHundredMessagesTwoSecondsApartAreTheDefault() {
    assertThat(PushPlan.DEFAULT).isEqualTo(new PushPlan(Duration.ofSeconds(2), 100));
  }

  @Test
  void nothingIsPushedWhileTheClientTakesNothing() throws IOException {
    RecordingResponses<RealtimePushResponse> client = push(stub(3), responses(0));
    time.pass(PERIOD.multipliedBy(10));
    assertThat(client.messages()).isEmpty();

    client.request(5);
    assertThat(client.texts()).hasSize(1);
    assertThat(client.texts().get(0)).as("made when it left").contains("10:20:50.456");
    time.pass(PERIOD);
    assertThat(client.messages()).hasSize(2);
  }

  @Test
  void aLateClientGetsOneMessageAndNotAllThatItMissed() throws IOException {
    RecordingResponses<RealtimePushResponse> client = push(stub(5), responses(1));
    time.pass(PERIOD);
    time.pass(PERIOD);
    time.pass(PERIOD);
    assertThat(client.messages()).hasSize(1);
    assertThat(time.waiting()).as("nothing is timed while a message is due").isZero();

    client.request(10);
    assertThat(client.messages()).hasSize(2);
    time.pass(PERIOD);
    assertThat(client.messages()).hasSize(3);
  }

  @Test
  void theLastMessageTooWaitsUntilTheClientTakesIt() throws IOException {
    RecordingResponses<RealtimePushResponse> client = push(stub(1), responses(1));
    time.pass(PERIOD);
    assertThat(client.status()).isNull();

    client.request(1);
    assertThat(client.texts()).element(1).isEqualTo("实时推送测试完成！");
    assertThat(client.status()).isEqualTo(Status.OK);
  }

  @Test
  void aCancelledPushStopsAndSaysSoInTheLog() throws IOException {
    RecordingResponses<RealtimePushResponse> client = push(stub(3), responses());
    time.pass(PERIOD);
    client.cancel();

    assertThat(time.waiting()).isZero();
    time.pass(PERIOD);
    assertThat(client.messages()).hasSize(2);
    assertThat(log.lines())
        .containsExactly(
            "push to tester started", "push to tester stopped after 2 messages: cancelled");
  }

  @Test
  void aPushStopsAtItsDeadlineAndSaysSoInTheLog() throws IOException {
    // Known to the server alone: a client that knows it too may be the first to cancel.
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER), "500m");
    ClientInterceptor timeout = MetadataUtils.newAttachHeadersInterceptor(headers);
    push(stub(3).withInterceptors(timeout), responses());

    await().until(() -> log.lines().size() == 2);
    assertThat(log.lines())
        .element(1)
        .isEqualTo("push to tester stopped after 1 messages: its deadline passed");
    assertThat(time.waiting()).isZero();
  }

  @Test
  void anInternalFailureIsPushedWithoutItsText() throws IOException {
    RecordingResponses<RealtimePushResponse> client = push(stub(3, BROKEN), responses());

    assertThat(client.messages()).hasSize(1);
    assertThat(client.texts().get(0)).startsWith("服务器错误: ").doesNotContain("secret");
    assertThat(client.messages().get(0).getDataType()).isEqualTo("错误消息");
    assertThat(client.status())
        .extracting(Status::getCode, Status::getDescription)
        .containsExactly(Status.Code.INTERNAL, "the push failed");
    assertThat(log.lines()).containsExactly("push to tester started", "push to tester failed");
  }

  @Test
  void aTimerThatFailsEndsThePush() throws IOException {
    PushTimer closed =
        (delay, task) -> {
          throw new IllegalStateException("closed");
        };
    PushMessages messages = new PushMessages(time, new Random(1));
    ChatService service = new ChatService(new PushPlan(PERIOD, 3), messages, closed);
    RecordingResponses<RealtimePushResponse> client = push(stub(service), responses());

    assertThat(client.messages()).hasSize(2);
    assertThat(client.texts().get(1)).startsWith("服务器错误: ");
  }

  @Test
  void aClientsNameCannotBreakALogLine() throws IOException {
    push(stub(1), responses(), "a\r\nb" + "x".repeat(100));

    assertThat(log.lines()).containsExactly("push to a??b" + "x".repeat(60) + " started");
  }

  private ChatServiceStub stub(int count) throws IOException {
    return stub(count, new Random(1));
  }

  private ChatServiceStub stub(int count, RandomGenerator random) throws IOException {
    return stub(new ChatService(new PushPlan(PERIOD, count), new PushMessages(time, random), time));
  }

  /** Everything runs in the test's thread, so that each effect is there when a call returns. */
  private ChatServiceStub stub(ChatService service) throws IOException {
    String name = InProcessServerBuilder.generateName();
    Server server =
        InProcessServerBuilder.forName(name).directExecutor().addService(service).build().start();
    ManagedChannel channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    closers.add(channel::shutdownNow);
    closers.add(server::shutdownNow);
    return ChatServiceGrpc.newStub(channel);
  }

  private static RecordingResponses<RealtimePushResponse> responses() {
    return responses(Integer.MAX_VALUE);
  }

  private static RecordingResponses<RealtimePushResponse> responses(int initialRequest) {
    return new RecordingResponses<>(RealtimePushResponse::getData, initialRequest);
  }

  private static RecordingResponses<RealtimePushResponse> push(
      ChatServiceStub stub, RecordingResponses<RealtimePushResponse> client) {
    return push(stub, client, "tester");
  }

  private static RecordingResponses<RealtimePushResponse> push(
      ChatServiceStub stub, RecordingResponses<RealtimePushResponse> client, String clientId) {
    stub.startRealtimePush(RealtimePushRequest.newBuilder().setClientId(clientId).build(), client);
    return client;
  }
}

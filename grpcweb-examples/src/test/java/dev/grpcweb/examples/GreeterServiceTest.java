// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.examples.greeter.GreeterGrpc;
import dev.grpcweb.examples.greeter.GreeterGrpc.GreeterStub;
import dev.grpcweb.examples.greeter.MessageRequest;
import dev.grpcweb.examples.greeter.MessageResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GreeterServiceTest {

  private static final Duration PERIOD = Duration.ofSeconds(2);

  private final FakeTime time = new FakeTime();
  private final LogTap log = new LogTap(RealtimePush.class);
  private final RecordingResponses<MessageResponse> client = responses(Integer.MAX_VALUE);
  private final List<Runnable> closers = new ArrayList<>();

  @AfterEach
  void close() {
    closers.forEach(Runnable::run);
    log.close();
  }

  @Test
  void chatAnswersEachMessageAtOnceAndEndsWithTheClient() throws IOException {
    StreamObserver<MessageRequest> requests = stub().chat(client);
    assertThat(client.texts()).isEmpty();
    requests.onNext(message("one"));
    assertThat(client.texts()).containsExactly("Received: one");
    requests.onNext(message(""));
    assertThat(client.texts()).containsExactly("Received: one", "Received: ");
    assertThat(client.status()).isNull();
    requests.onCompleted();
    assertThat(client.status()).isEqualTo(Status.OK);
  }

  @Test
  void chatTakesNoMessageWhoseAnswerTheClientDoesNotTake() throws IOException {
    RecordingResponses<MessageResponse> slow = responses(0);
    StreamObserver<MessageRequest> requests = stub().chat(slow);
    requests.onNext(message("one"));
    requests.onNext(message("two"));
    assertThat(slow.isReady()).as("a message waits for the service").isFalse();

    slow.request(3);
    assertThat(slow.texts()).containsExactly("Received: one", "Received: two");
    requests.onNext(message("three"));
    assertThat(slow.texts()).hasSize(3);
  }

  @Test
  void chatOutlivesNoClient() throws IOException {
    stub().chat(client).onError(Status.CANCELLED.asRuntimeException());
    assertThat(client.status()).extracting(Status::getCode).isEqualTo(Status.Code.CANCELLED);
  }

  @Test
  void greetAnswersOnce() throws IOException {
    stub().greet(message("you"), client);
    assertThat(client.texts()).containsExactly("Received: you");
    assertThat(client.status()).isEqualTo(Status.OK);
  }

  @Test
  void collectAnswersWhenTheClientHasNoMore() throws IOException {
    StreamObserver<MessageRequest> requests = stub().collect(client);
    requests.onNext(message("one"));
    requests.onNext(message("two"));
    assertThat(client.texts()).isEmpty();
    requests.onCompleted();
    assertThat(client.texts()).containsExactly("Received: 2 messages");
    assertThat(client.status()).isEqualTo(Status.OK);
  }

  @Test
  void collectCountsOneInTheSingular() throws IOException {
    StreamObserver<MessageRequest> requests = stub().collect(client);
    requests.onNext(message("one"));
    requests.onCompleted();
    assertThat(client.texts()).containsExactly("Received: 1 message");
  }

  @Test
  void subscribeSendsUpdatesInTheirOwnTime() throws IOException {
    stub().subscribe(message("tester"), client);
    assertThat(client.texts()).containsExactly("Update 1");
    time.pass(PERIOD);
    assertThat(client.texts()).containsExactly("Update 1", "Update 2");
    time.pass(PERIOD);
    assertThat(client.texts()).containsExactly("Update 1", "Update 2", "That was all");
    assertThat(client.status()).isEqualTo(Status.OK);
  }

  @Test
  void aCancelledSubscriptionStops() throws IOException {
    stub().subscribe(message("tester"), client);
    client.cancel();
    assertThat(time.waiting()).isZero();
    assertThat(log.lines())
        .containsExactly(
            "push to tester started", "push to tester stopped after 1 messages: cancelled");
  }

  @Test
  void aSubscriptionThatFailsSaysSo() throws IOException {
    PushTimer closed =
        (delay, task) -> {
          throw new IllegalStateException("closed");
        };
    stub(closed).subscribe(message("tester"), client);
    assertThat(client.texts())
        .containsExactly("Update 1", "The updates broke off; please try again later");
    assertThat(client.status()).extracting(Status::getCode).isEqualTo(Status.Code.INTERNAL);
  }

  private GreeterStub stub() throws IOException {
    return stub(time);
  }

  /** Everything runs in the test's thread, so that each effect is there when a call returns. */
  private GreeterStub stub(PushTimer timer) throws IOException {
    String name = InProcessServerBuilder.generateName();
    Server server =
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(new GreeterService(new PushPlan(PERIOD, 2), timer))
            .build()
            .start();
    ManagedChannel channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    closers.add(channel::shutdownNow);
    closers.add(server::shutdownNow);
    return GreeterGrpc.newStub(channel);
  }

  private static RecordingResponses<MessageResponse> responses(int initialRequest) {
    return new RecordingResponses<>(MessageResponse::getReply, initialRequest);
  }

  private static MessageRequest message(String content) {
    return MessageRequest.newBuilder().setContent(content).build();
  }
}

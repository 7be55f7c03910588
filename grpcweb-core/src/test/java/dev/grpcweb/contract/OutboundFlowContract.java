// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a service may send, and when it is told to go on. */
public interface OutboundFlowContract extends OnBench {
  int THRESHOLD = 32 * 1024;

  @Test
  default void theFirstOnReadyComesByItself() throws Exception {
    RecordingHandler handler = bench().record(MethodType.UNARY);
    bench().open();

    assertThat(handler.awaitCall().await("ready").call().isReady()).isTrue();
  }

  @Test
  default void aCallIsReadyUntilItsQueueReachesTheThreshold() throws Exception {
    ServerCall<String, String> call = streamToASlowClient().call();

    int frames = 0;
    while (call.isReady() && frames < 1000) {
      call.sendMessage("x".repeat(1019)); // a frame of 1 KiB
      frames++;
    }

    // In text a burst counts as what it takes on the wire.
    assertThat(frames).isBetween(THRESHOLD * 3 / 4 / 1024, THRESHOLD / 1024);
  }

  @Test
  default void onReadyComesAgainWhenTheClientHasReadOn() throws Exception {
    RecordedCall service = streamToASlowClient();
    fill(service.call());
    assertThat(service.events()).containsExactly("ready");

    bench().lastExchange().unblock();

    service.await("ready", 2);
    assertThat(service.call().isReady()).isTrue();
  }

  @Test
  default void aServiceThatSendsWhileItIsReadyNeverQueuesMore() throws Exception {
    AtomicInteger sent = new AtomicInteger();
    RecordingHandler handler =
        bench()
            .record(MethodType.SERVER_STREAMING)
            .on("start", service -> service.call().sendHeaders(new Metadata()))
            .on(
                "ready",
                service -> {
                  while (service.call().isReady() && sent.get() < 500) {
                    service.call().sendMessage(sent.incrementAndGet() + "x".repeat(1000));
                  }
                  if (sent.get() == 500 && !service.call().isCancelled()) {
                    closeOnce(service.call());
                  }
                });
    ClientCall call = bench().open();
    handler.awaitCall();
    while (!call.exchange().isEnded()) {
      call.exchange().block();
      assertThat(call.exchange().queuedBytes()).isLessThan(2L * THRESHOLD);
      call.exchange().unblock();
      Thread.onSpinWait();
    }

    List<String> messages = call.await().messages();
    assertThat(messages).hasSize(500);
    for (int i = 0; i < 500; i++) {
      assertThat(messages.get(i)).startsWith((i + 1) + "x");
    }
  }

  @Test
  default void aServiceMaySetItsThreshold() throws Exception {
    ServerCall<String, String> call = streamToASlowClient().call();

    call.setOnReadyThreshold(10);
    call.sendMessage("0123456789");

    assertThat(call.isReady()).isFalse();
    assertThatThrownBy(() -> call.setOnReadyThreshold(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("numBytes must be positive, got 0");
  }

  @Test
  default void aClosedCallIsNotReady() throws Exception {
    RecordedCall service = streamToASlowClient();

    service.call().close(Status.OK, new Metadata());

    assertThat(service.call().isReady()).isFalse();
    assertThat(service.call().isCancelled()).isFalse();
  }

  @Test
  default void headersOfAStreamLeaveAtOnce() throws Exception {
    RecordingHandler handler = bench().record(MethodType.SERVER_STREAMING);
    ClientCall call = bench().open();

    handler.awaitCall().call().sendHeaders(new Metadata());

    assertThat(call.exchange().events()).containsExactly("begin", "flush");
  }

  @Test
  default void headersOfAUnaryAnswerWaitForIt() throws Exception {
    RecordingHandler handler = bench().record(MethodType.UNARY);
    ClientCall call = bench().open();
    ServerCall<String, String> service = handler.awaitCall().call();

    service.sendHeaders(new Metadata());
    service.sendMessage("abc");
    assertThat(call.exchange().events()).doesNotContain("flush").doesNotContain("write 8");
    service.close(Status.OK, new Metadata());

    assertThat(call.await().messages()).containsExactly("abc");
  }

  @Test
  default void aMessageBeforeTheHeadersIsTheServicesFault() throws Exception {
    ServerCall<String, String> call = started();

    assertThatThrownBy(() -> call.sendMessage("early"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("sendHeaders has not been called");
  }

  @Test
  default void headersComeOnce() throws Exception {
    ServerCall<String, String> call = started();
    call.sendHeaders(new Metadata());

    assertThatThrownBy(() -> call.sendHeaders(new Metadata()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("sendHeaders has already been called");
  }

  @Test
  default void nothingFollowsTheClose() throws Exception {
    ServerCall<String, String> call = started();
    call.sendHeaders(new Metadata());
    call.close(Status.OK, new Metadata());

    assertThatThrownBy(() -> call.sendHeaders(new Metadata()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("call is closed");
    assertThatThrownBy(() -> call.sendMessage("late"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("call is closed");
    assertThatThrownBy(() -> call.close(Status.OK, new Metadata()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("call already closed");
    call.request(1);
  }

  @Test
  default void demandMustBePositive() throws Exception {
    ServerCall<String, String> call = started();

    assertThatThrownBy(() -> call.request(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("numMessages must be positive, got 0");
    assertThatThrownBy(() -> call.request(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void anEventOfTheServiceComesInItsTurn() throws Exception {
    List<String> order = new ArrayList<>();
    RecordingHandler handler =
        bench()
            .record(MethodType.BIDI_STREAMING)
            .on("start", service -> service.call().request(1))
            .on(
                "message",
                service -> {
                  service.call().triggerEvent("tick");
                  order.addAll(service.events());
                });
    bench().open().send("a");

    RecordedCall service = handler.awaitCall().await("event:tick");

    assertThat(order).containsExactly("ready", "message:a");
    assertThat(service.events()).containsExactly("ready", "message:a", "event:tick");
  }

  @Test
  default void whatIsSentArrivesBeforeTheCallGoesOn() throws Exception {
    RecordingHandler handler = bench().record(MethodType.SERVER_STREAMING);
    ClientCall call = bench().open();
    ServerCall<String, String> service = handler.awaitCall().call();
    service.sendHeaders(new Metadata());

    service.sendMessage("one");
    assertThat(call.soFar().messages()).containsExactly("one");
    service.sendMessage("two");
    await().until(() -> call.soFar().messages().size() == 2);
    service.close(Status.OK, new Metadata());

    Reply reply = call.await();
    assertThat(reply.messages()).containsExactly("one", "two");
  }

  private ServerCall<String, String> started() throws InterruptedException {
    RecordingHandler handler = bench().record(MethodType.SERVER_STREAMING);
    bench().open();
    return handler.awaitCall().call();
  }

  private RecordedCall streamToASlowClient() throws InterruptedException {
    RecordingHandler handler = bench().record(MethodType.SERVER_STREAMING);
    bench().open().exchange().block();
    RecordedCall service = handler.awaitCall().await("ready");
    service.call().sendHeaders(new Metadata());
    return service;
  }

  private static void fill(ServerCall<String, String> call) {
    while (call.isReady()) {
      call.sendMessage("x".repeat(1019));
    }
  }

  private static void closeOnce(ServerCall<String, String> call) {
    try {
      call.close(Status.OK, new Metadata());
    } catch (IllegalStateException alreadyClosed) {
      // onReady may come again.
    }
  }
}

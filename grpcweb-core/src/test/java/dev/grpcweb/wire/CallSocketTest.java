// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.WebSocketPolicy;
import dev.grpcweb.testing.Hex;
import dev.grpcweb.testing.Patience;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.RecordingSocket;
import dev.grpcweb.testing.Texts;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is special in a call on a WebSocket of its own; the rest is {@link GrpcWebSocketsTest}. */
class CallSocketTest {
  private static final String BLOCK = text("content-type: application/grpc-web+proto\r\n");
  private static final String OK = text("grpc-status: 0\r\n");

  private final RecordingHandler handler = new RecordingHandler();
  private final GrpcWebServer.Builder builder =
      GrpcWebServer.builder()
          .addService(
              ServerServiceDefinition.builder(Texts.SERVICE)
                  .addMethod(Texts.method("Method", MethodType.BIDI_STREAMING), handler)
                  .build());
  private final RecordingSocket socket = new RecordingSocket();
  private @Nullable GrpcWebServer server;

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    socket.disconnect();
    server().shutdown();
    assertThat(server().awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void everyFrameIsTwoMessagesAndTheCloseFollowsTheTrailers() throws Exception {
    RecordedCall call = open();
    call.call().sendHeaders(new Metadata());
    call.call().sendMessage("abc");
    call.call().sendMessage("");
    call.call().close(Status.OK, new Metadata());

    await().until(() -> socket.closed() != null);
    assertThat(socket.closed()).isEqualTo("1000");
    List<String> messages = socket.taken();
    assertThat(messages).hasSize(8);
    assertThat(messages.get(0)).startsWith("80");
    assertThat(messages.get(1)).contains(BLOCK);
    assertThat(messages.subList(2, 8))
        // "abc"; an empty message, whose payload is a message, too; the trailers
        .containsExactly("0000000003", "616263", "0000000000", "", "8000000010", OK);
  }

  @Test
  void aCallThatFailsAtOnceHasAHeadAndTrailers() throws Exception {
    connect(head("test.Texts/Unknown")).receive(Hex.bytes(BLOCK));

    await().until(() -> socket.closed() != null);
    assertThat(socket.taken()).hasSize(4);
    assertThat(lastBlock()).contains("grpc-status: 12\r\n", "Method not found: test.Texts/Unknown");
  }

  @Test
  void aClientThatLeavesCancels() throws Exception {
    RecordedCall call = open();
    socket.disconnect();

    call.await("cancel");
  }

  @Test
  void aClientThatLeavesAfterItsHalfCloseCancels() throws Exception {
    RecordedCall call = open();
    call.call().request(1);
    socket.receive("01");
    call.await("halfClose");
    socket.disconnect();

    call.await("cancel");
  }

  @Test
  void aTextMessageClosesTheSocketAndCancels() throws Exception {
    RecordedCall call = open();
    socket.receiveText("hello");

    call.await("cancel");
    assertThat(socket.closed()).isEqualTo("1003 expected a binary message, got a text message");
  }

  @Test
  void aBrokenRuleClosesTheSocketAndCancels() throws Exception {
    RecordedCall call = open();
    socket.receive("07");

    call.await("cancel");
    assertThat(socket.closed()).isEqualTo("1002 expected a control byte 0x00 or 0x01, got 0x07");
    // Later messages have nobody who reads them.
    socket.receive("0000000000").receive("01");
    socket.disconnect();
    assertThat(call.events()).endsWith("cancel");
  }

  @Test
  void aFirstMessageThatIsNoHeaderBlockClosesTheSocket() {
    connect(head("test.Texts/Method")).receive(Hex.bytes(text("no colon")));

    assertThat(socket.closed()).startsWith("1002 ");
    assertThat(server().openCalls()).isZero();
  }

  @Test
  void anotherCodecIsRefusedByAStatus() throws Exception {
    connect(head("test.Texts/Method"))
        .receive(Hex.bytes(text("content-type: application/grpc-web+json\r\n")));

    await().until(() -> socket.closed() != null);
    assertThat(lastBlock())
        .contains(
            "grpc-status: 13",
            "expected application/grpc-web+proto, got application/grpc-web+json");
  }

  @Test
  void aHeaderBlockThatIsTooLongIsRefusedByAStatus() throws Exception {
    builder.maxInboundMetadataSize(100);
    connect(head("test.Texts/Method")).receive(Hex.bytes(text("a: " + "x".repeat(200) + "\r\n")));

    await().until(() -> socket.closed() != null);
    assertThat(lastBlock()).contains("grpc-status: 8", "maximum size 200 bytes");
  }

  @Test
  void whatTheCallDoesNotReadIsBounded() throws Exception {
    builder.maxInboundMessageSize(1000);
    RecordedCall call = open();
    // data, and a frame of 1,000 bytes
    byte[] message = Arrays.copyOf(Hex.bytes("00 00 000003e8"), 1 + 5 + 1000);
    for (int sent = 0; sent < 200_000 && socket.closed() == null; sent += message.length) {
      socket.receive(message);
    }

    call.await("cancel");
    await().until(() -> socket.closed() != null);
    assertThat(lastBlock()).contains("grpc-status: 8", "Request queue is full");
  }

  @Test
  void theBoundItselfIsTaken() throws Exception {
    builder.maxInboundMessageSize(1000);
    RecordedCall call = open();
    int bound = 1000 + CallSocketExchange.READ_AHEAD;
    byte[] message = Arrays.copyOf(Hex.bytes("00 00 000003e8"), 1 + bound);
    // The first chunk is read ahead; what follows waits.
    socket.receive(Arrays.copyOf(message, 1 + RequestBuffer.CHUNK)).receive(message);
    assertThat(socket.closed()).isNull();
    socket.receive("00 00");

    call.await("cancel");
    await().until(() -> socket.closed() != null);
    assertThat(lastBlock()).contains("grpc-status: 8", "limit " + bound + " bytes");
  }

  @Test
  void oneMessageOfTheLargestSizeFitsBeforeTheCallReads() throws Exception {
    builder.maxInboundMessageSize(1 << 20);
    RecordedCall call = open();
    byte[] message = new byte[1 + 5 + (1 << 20)];
    Arrays.fill(message, (byte) 'x');
    System.arraycopy(Hex.bytes("00 00 00100000"), 0, message, 0, 6);
    socket.receive(message).receive("01");
    call.call().request(1);

    call.await("message:" + "x".repeat(1 << 20)).await("halfClose");
    socket.disconnect();
  }

  @Test
  void aCallThatAnswersWhileItIsOpenedIsCompleteAndClosed() throws Exception {
    builder.directExecutor();
    handler.on("start", call -> call.call().close(Status.OK, new Metadata()));
    RecordedCall call = open();

    assertThat(call.events()).containsExactly("complete");
    assertThat(socket.closed()).isEqualTo("1000");
  }

  @Test
  void aClientThatLeavesWhileTheCallIsOpenedCancels() throws Exception {
    builder.directExecutor();
    handler.on("start", call -> socket.disconnect());
    RecordedCall call = open();

    assertThat(call.events()).endsWith("cancel");
  }

  @Test
  void whatTheSocketHoldsCountsAsQueued() throws Exception {
    RecordedCall call = open();
    call.call().sendHeaders(new Metadata());
    call.await("ready");
    socket.blockInNextSend();
    call.call().sendMessage("x".repeat(100_000));
    await().until(() -> socket.queuedBytes() > 100_000);

    assertThat(call.call().isReady()).isFalse();
    socket.unblock();
    await().until(() -> call.call().isReady());
    socket.disconnect();
  }

  @Test
  void aClientThatDoesNotReadIsCutOffWhenTheServerStops() throws Exception {
    RecordedCall call = open();
    socket.block();
    server().shutdownNow();

    call.await("cancel");
    await().until(() -> "abort".equals(socket.closed()));
    CompletableFuture.runAsync(socket::disconnect).get(Patience.SECONDS, TimeUnit.SECONDS);
    assertThat(server().isTerminated()).isTrue();
  }

  @Test
  void theContentTypeOfNativeGrpcWillDo() throws Exception {
    connect(head("test.Texts/Method"))
        .receive(Hex.bytes(text("content-type: application/grpc\r\n")));

    handler.awaitCall();
    socket.disconnect();
  }

  @Test
  void nothingKeepsASocketAliveButItsPings() throws Exception {
    builder.textKeepAlive(Duration.ofMillis(1));
    RecordedCall call = open();
    call.call().sendHeaders(new Metadata());
    call.call().sendMessage("a");
    call.call().close(Status.OK, new Metadata());

    call.await("complete");
    assertThat(socket.taken()).hasSize(6);
  }

  @Test
  void anErrorMayBeInTheHeadAlone() throws Exception {
    builder.trailersOnlyInHeaders(true);
    RecordedCall call = open();
    call.call().close(Status.NOT_FOUND, new Metadata());

    await().until(() -> socket.closed() != null);
    assertThat(socket.taken()).hasSize(2);
    assertThat(lastBlock()).contains("grpc-status: 5");
  }

  @Test
  void aSlowReaderGetsEverythingInItsTime() throws Exception {
    RecordedCall call = open();
    socket.block();
    call.call().sendHeaders(new Metadata());
    for (int i = 0; i < 100; i++) {
      call.call().sendMessage("message " + i);
    }
    call.call().close(Status.OK, new Metadata());
    assertThat(socket.closed()).isNull();
    while (socket.closed() == null) {
      await().until(() -> socket.queuedBytes() > 0 || socket.closed() != null);
      while (socket.queuedBytes() > 0) {
        socket.takeOne();
      }
    }

    assertThat(socket.taken()).hasSize(2 * 102);
    assertThat(socket.taken().get(2 * 100 + 1)).isEqualTo(text("message 99"));
    assertThat(call.await("complete").events()).doesNotContain("cancel");
  }

  @Test
  void theCallIsCompleteWhenEverythingHasLeftAndNotBefore() throws Exception {
    RecordedCall call = open();
    socket.block();
    call.call().close(Status.OK, new Metadata());
    assertThat(call.events()).doesNotContain("complete");
    assertThat(server().openCalls()).isEqualTo(1);
    while (socket.closed() == null) {
      socket.unblock();
    }

    call.await("complete");
  }

  @Test
  void fieldsOfTheHandshakeReachTheCallOnlyWhereTheyAreNamed() throws Exception {
    builder.webSockets(
        WebSocketPolicy.builder().forwardHandshakeHeaders("Cookie", "x-both").build());
    Headers fields =
        new Headers().add("cookie", "a=b").add("x-both", "handshake").add("x-other", "secret");
    RequestHead head =
        new RequestHead("test.Texts/Method", fields, "example.org", false, Attributes.EMPTY);
    connect(head).receive(Hex.bytes(text("x-both: own\r\nx-own: 1\r\n")));
    Metadata headers = handler.awaitCall().headers();

    assertThat(headers.get(key("cookie"))).isEqualTo("a=b");
    assertThat(headers.getAll(key("x-both"))).containsExactly("own");
    assertThat(headers.get(key("x-own"))).isEqualTo("1");
    assertThat(headers.get(key("x-other"))).isNull();
    socket.disconnect();
  }

  @Test
  void aPeerThatGivesNoSignOfLifeIsGivenUp() throws Exception {
    builder.webSockets(
        WebSocketPolicy.builder()
            .pingInterval(Duration.ofMillis(30))
            .pingTimeout(Duration.ofMillis(30))
            .build());
    RecordedCall call = open();

    call.await("cancel");
    assertThat(socket.closed()).isEqualTo("abort");
    assertThat(socket.pings()).isEqualTo(1);
    socket.disconnect();
  }

  @Test
  void aSocketOnWhichNoCallBeginsIsClosed() {
    builder.webSockets(
        WebSocketPolicy.builder()
            .pingInterval(Duration.ofMillis(30))
            .pingTimeout(Duration.ofSeconds(Patience.SECONDS))
            .build());
    connect(head("test.Texts/Method"));

    await().until(() -> socket.closed() != null);
    assertThat(socket.closed()).isEqualTo("1008 expected a header block, got nothing");
    socket.receive(Hex.bytes(BLOCK));
    assertThat(handler.calls()).isZero();
    socket.disconnect();
  }

  @Test
  void aPongIsASignOfLife() throws Exception {
    builder.webSockets(
        WebSocketPolicy.builder()
            .pingInterval(Duration.ofMillis(50))
            .pingTimeout(Duration.ofSeconds(Patience.SECONDS))
            .build());
    RecordedCall call = open();
    for (int i = 1; i < 4; i++) {
      int pings = i;
      await().until(() -> socket.pings() >= pings);
      socket.pong();
    }

    assertThat(call.events()).doesNotContain("cancel");
    assertThat(socket.closed()).isNull();
    socket.disconnect();
  }

  @Test
  void aShutdownClosesASocketThatHasNoCallYet() {
    connect(head("test.Texts/Method"));
    server().shutdown();

    assertThat(socket.closed()).isEqualTo("1001 the server is shutting down");
    socket.receive(Hex.bytes(BLOCK));
    assertThat(server().openCalls()).isZero();
  }

  @Test
  void whoAwaitsTheEndAwaitsThatOfTheSocketsToo() throws Exception {
    connect(head("test.Texts/Method"));
    server().shutdown();
    assertThat(server().isTerminated()).isTrue();
    CompletableFuture<Boolean> awaited =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return server().awaitTermination(Patience.SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(awaited.isDone()).isFalse();
    socket.disconnect();

    assertThat(awaited.get(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aSocketThatDoesNotCloseHoldsNobodyUpForLong() throws Exception {
    connect(head("test.Texts/Method"));
    server().shutdown();

    assertThat(server().awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aShutdownLetsTheCallFinish() throws Exception {
    RecordedCall call = open();
    server().shutdown();
    assertThat(socket.closed()).isNull();
    assertThat(server().takesWebSockets()).isFalse();
    call.call().close(Status.OK, new Metadata());

    await().until(() -> socket.closed() != null);
    assertThat(socket.closed()).isEqualTo("1000");
  }

  @Test
  void oneSocketTooManyIsClosedAndHasNoCall() throws Exception {
    builder.webSockets(WebSocketPolicy.builder().maxSockets(1).build());
    open();
    assertThat(server().takesWebSockets()).isFalse();
    RecordingSocket second = new RecordingSocket();
    second.connect(server().open(head("test.Texts/Method"), "grpc-websockets", second));
    second.receive(Hex.bytes(BLOCK));

    assertThat(second.closed()).startsWith("1013 ");
    assertThat(server().openCalls()).isEqualTo(1);
    second.disconnect();
    socket.disconnect();
    assertThat(server().takesWebSockets()).isTrue();
  }

  @Test
  void randomMessagesLeaveNoCallBehind() throws Exception {
    builder.maxInboundMessageSize(100);
    Random random = new Random(7);
    byte[][] seeds = {
      Hex.bytes(BLOCK), Hex.bytes("00 00 00000003 616263"), Hex.bytes("01"), Hex.bytes("00 80")
    };
    for (int i = 0; i < 5000; i++) {
      RecordingSocket client = new RecordingSocket();
      client.connect(server().open(head("test.Texts/Method"), "grpc-websockets", client));
      if (random.nextBoolean()) {
        client.receive(seeds[0]);
      }
      for (int messages = random.nextInt(6); messages > 0; messages--) {
        byte[] message = seeds[random.nextInt(seeds.length)].clone();
        if (message.length > 0 && random.nextBoolean()) {
          message[random.nextInt(message.length)] = (byte) random.nextInt();
        }
        client.receivePart(Hex.of(message), random.nextInt(4) > 0);
      }
      client.disconnect();
    }

    await().until(() -> server().openCalls() == 0);
  }

  private GrpcWebServer server() {
    if (server == null) {
      server = builder.build();
    }
    return server;
  }

  private RecordedCall open() throws InterruptedException {
    connect(head("test.Texts/Method")).receive(Hex.bytes(BLOCK));
    return handler.awaitCall();
  }

  private RecordingSocket connect(RequestHead handshake) {
    return socket.connect(server().open(handshake, "gRPC-WebSockets", socket));
  }

  private String lastBlock() {
    List<String> messages = socket.taken();
    return new String(Hex.bytes(messages.get(messages.size() - 1)), StandardCharsets.US_ASCII);
  }

  private static RequestHead head(String method) {
    return new RequestHead(method, new Headers(), "example.org:8080", false, Attributes.EMPTY);
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static String text(String text) {
    return Hex.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}

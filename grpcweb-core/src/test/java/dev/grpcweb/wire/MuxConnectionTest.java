// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.WebSocketPolicy;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.Hex;
import dev.grpcweb.testing.MuxMessage;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rules of a socket of many calls; those of each call are {@link GrpcMuxTest}. */
class MuxConnectionTest {
  private static final String PATH = "/test.Texts/Method";
  private static final Metadata.Key<String> COOKIE =
      Metadata.Key.of("cookie", Metadata.ASCII_STRING_MARSHALLER);
  private static final int WINDOW = 64 * 1024;
  private static final int SOCKET_WINDOW = 1024 * 1024;

  private final RecordingHandler handler =
      new RecordingHandler().on("start", call -> call.call().sendHeaders(new Metadata()));
  private final GrpcWebServer.Builder builder =
      GrpcWebServer.builder()
          .addService(
              ServerServiceDefinition.builder(Texts.SERVICE)
                  .addMethod(Texts.method("Method", MethodType.BIDI_STREAMING), handler)
                  .build());
  private final RecordingSocket socket = new RecordingSocket();
  private final List<RecordingSocket> connected = new ArrayList<>();
  private @Nullable GrpcWebServer server;

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    server().shutdown();
    connected.forEach(RecordingSocket::disconnect);
    assertThat(server().awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(server().openCalls()).isZero();
  }

  @Test
  void theServerGreetsFirst() {
    connect();

    assertThat(socket.taken())
        .containsExactly(
            Hex.of(
                Hex.bytes("00 00000000 0001 00010000 0002 00100000 0003 00000064 0004 00004000")));
  }

  @Test
  void aCallIsTheMessagesOfTheSpecification() throws Exception {
    greet().receive(MuxMessage.headers(1, PATH).bytes());
    RecordedCall call = handler.awaitCall();
    call.call().request(1);
    socket.receive("02 00000001 00 00000002 6869").receive("03 00000001");
    call.await("halfClose").await("message:hi");
    call.call().sendMessage("hi");
    call.call().close(Status.OK, new Metadata());
    call.await("complete");

    assertThat(messages())
        .containsExactly(
            "HEADERS 1 content-type: application/grpc+proto; grpc-encoding: identity;"
                + " grpc-accept-encoding: gzip;",
            "DATA 1 7 bytes",
            "TRAILERS 1 grpc-status: 0;");
  }

  @Test
  void anEarlyFailureIsTrailersAlone() {
    greet().receive(MuxMessage.headers(1, "/test.Texts/Missing").bytes());

    await().until(() -> !messages().isEmpty());
    assertThat(messages())
        .containsExactly(
            "TRAILERS 1 content-type: application/grpc+proto; grpc-status: 12; grpc-message: Method"
                + " not found: test.Texts/Missing;");
  }

  @Test
  void anotherContentTypeIsRefused() {
    greet().receive(MuxMessage.headers(1, PATH, "content-type", "application/grpc+json").bytes());

    await().until(() -> !messages().isEmpty());
    assertThat(messages().get(0))
        .contains("grpc-status: 13; grpc-message: content-type is not supported: expected");
  }

  @Test
  void whatTheHandshakeMayTellReachesTheCallThatDoesNotSayItItself() throws Exception {
    builder.webSockets(WebSocketPolicy.builder().forwardHandshakeHeaders("Cookie").build());
    greet().receive(MuxMessage.headers(1, PATH).bytes());
    assertThat(handler.awaitCall().headers().get(COOKIE)).isEqualTo("secret");

    socket.receive(MuxMessage.headers(2, PATH, "cookie", "own").bytes());
    assertThat(handler.awaitCall().headers().getAll(COOKIE)).containsExactly("own");
  }

  @Test
  void theFirstMessageIsSettings() {
    connect().receive(MuxMessage.headers(1, PATH).bytes());

    assertThat(socket.closed()).isEqualTo("1002 expected SETTINGS first, got HEADERS");
  }

  @Test
  void thereAreNoOtherSettings() {
    greet().receive("00 00000000");

    assertThat(socket.closed()).isEqualTo("1002 expected one SETTINGS, got another");
  }

  @Test
  void textIsNoMessage() {
    greet().receiveText("hi");

    assertThat(socket.closed()).isEqualTo("1003 expected a binary message, got a text message");
  }

  @Test
  void callIdsGrow() {
    greet().receive(MuxMessage.headers(5, PATH).bytes());
    socket.receive(MuxMessage.headers(5, PATH).bytes());

    assertThat(socket.closed()).isEqualTo("1002 expected a call id above 5, got 5");
  }

  @Test
  void whatIsForNoCallIsAFault() {
    for (String message :
        List.of("02 00000006 00", "03 00000006", "05 00000006 01", "06 00000006 00000001")) {
      RecordingSocket own = new RecordingSocket();
      connect(own).receive("00 00000000").receive(MuxMessage.headers(5, PATH).bytes());
      own.receive(message);

      assertThat(own.closed()).startsWith("1002 expected HEADERS first for call 6, got ");
    }
  }

  @Test
  void aFaultEndsEveryCall() throws Exception {
    RecordedCall first = open(1);
    RecordedCall second = open(2);
    socket.receive("0a 00000000");

    first.await("cancel");
    second.await("cancel");
    assertThat(socket.closed()).isEqualTo("1002 expected a type from 0x00 to 0x09, got 0x0a");
    socket.receive(MuxMessage.headers(9, PATH).bytes());
    assertThat(handler.calls()).isZero();
  }

  @Test
  void dataBeyondTheCallsCreditIsAFault() throws Exception {
    RecordedCall call = open(1);
    socket.receive(MuxMessage.data(1, new byte[5]).bytes());
    socket.receive(MuxMessage.data(1, new byte[WINDOW - 5]).bytes());
    assertThat(socket.closed()).isNull();

    socket.receive(MuxMessage.data(1, new byte[1]).bytes());

    assertThat(socket.closed())
        .isEqualTo("1002 expected at most 0 bytes of DATA for call 1, got 1");
    call.await("cancel");
  }

  @Test
  void dataBeyondTheSocketsCreditIsAFault() throws Exception {
    open(1).call().close(Status.OK, new Metadata());
    await().until(() -> messages().contains("TRAILERS 1 grpc-status: 0;"));
    socket.receive(MuxMessage.data(1, new byte[SOCKET_WINDOW]).bytes());
    assertThat(socket.closed()).isNull();

    socket.receive(MuxMessage.data(1, new byte[SOCKET_WINDOW + 1]).bytes());

    assertThat(socket.closed())
        .isEqualTo("1002 expected at most 1048576 bytes of DATA, got 1048577");
  }

  @Test
  void nothingOfARequestFollowsItsEnd() throws Exception {
    for (String late : List.of("02 00000001 00", "03 00000001")) {
      RecordingSocket own = new RecordingSocket();
      connect(own).receive("00 00000000").receive(MuxMessage.headers(1, PATH).bytes());
      RecordedCall call = handler.awaitCall();
      own.receive("03 00000001");
      assertThat(own.closed()).isNull();

      own.receive(late);

      assertThat(own.closed()).startsWith("1002 expected ").contains("HALF_CLOSE for call 1");
      call.await("cancel");
    }
  }

  @Test
  void moreCreditThanThereCanBeIsAFault() throws Exception {
    for (int call : new int[] {0, 1}) {
      RecordingSocket own = new RecordingSocket();
      connect(own).receive("00 00000000").receive(MuxMessage.headers(1, PATH).bytes());
      RecordedCall opened = handler.awaitCall();
      int window = call == 0 ? SOCKET_WINDOW : WINDOW;
      own.receive(MuxMessage.credit(call, Integer.MAX_VALUE - window).bytes());
      assertThat(own.closed()).isNull();

      own.receive(MuxMessage.credit(call, 1).bytes());

      assertThat(own.closed())
          .isEqualTo("1002 expected a credit of at most 2147483647 in all, got 1 more");
      opened.await("cancel");
    }
  }

  @Test
  void whatComesForACallThatHasEndedIsIgnoredButForItsBytes() throws Exception {
    RecordedCall call = open(1);
    call.call().close(Status.ABORTED, new Metadata());
    call.await("complete");
    int before = messages().size();

    socket.receive("03 00000001").receive("03 00000001").receive("05 00000001 01");
    socket.receive("06 00000001 7fffffff").receive("06 00000001 7fffffff");
    socket.receive(MuxMessage.data(1, new byte[SOCKET_WINDOW / 2 - 1]).bytes());
    assertThat(messages()).hasSize(before);
    socket.receive(MuxMessage.data(1, new byte[1]).bytes());

    assertThat(messages().subList(before, messages().size())).containsExactly("CREDIT 0 524288");
    assertThat(socket.closed()).isNull();
  }

  @Test
  void oneCallTooManyIsRefusedAlone() throws Exception {
    builder.webSockets(WebSocketPolicy.builder().maxCallsPerSocket(2).build());
    RecordedCall first = open(1);
    open(2);
    socket.receive(MuxMessage.headers(3, PATH).bytes());
    socket.receive(MuxMessage.data(3, new byte[10]).bytes());

    assertThat(messages())
        .last()
        .isEqualTo(
            "TRAILERS 3 grpc-status: 8; grpc-message: Too many calls on one WebSocket: expected at"
                + " most 2;");
    first.call().close(Status.OK, new Metadata());
    first.await("complete");
    assertThat(open(4).call().isCancelled()).isFalse();
  }

  @Test
  void aHeaderBlockThatCannotBeReadEndsItsCallAlone() throws Exception {
    RecordedCall call = open(1);
    socket.receive("01 00000002").receive(MuxMessage.headers(3, PATH).bytes());

    assertThat(messages())
        .contains(
            "TRAILERS 2 grpc-status: 13; grpc-message: Malformed header block: expected \":path:"
                + " /\" first;");
    handler.awaitCall();
    assertThat(call.call().isCancelled()).isFalse();
  }

  @Test
  void aHeaderBlockThatIsTooLongEndsItsCallAlone() {
    builder.maxInboundMetadataSize(100);
    greet().receive(MuxMessage.headers(1, PATH, "x-long", "x".repeat(200)).bytes());

    assertThat(messages())
        .containsExactly(
            "TRAILERS 1 grpc-status: 8; grpc-message: Header block exceeds maximum size 200"
                + " bytes;");
  }

  @Test
  void aResetCancelsItsCallAlone() throws Exception {
    RecordedCall first = open(1);
    RecordedCall second = open(2);
    socket.receive(MuxMessage.reset(1).bytes());

    first.await("cancel");
    assertThat(second.call().isCancelled()).isFalse();
    assertThat(messages()).noneMatch(message -> message.startsWith("TRAILERS"));
  }

  @Test
  void theEndOfTheSocketCancelsEveryCall() throws Exception {
    RecordedCall first = open(1);
    RecordedCall second = open(2);
    socket.disconnect();

    first.await("cancel");
    second.await("cancel");
  }

  @Test
  void aCallGetsCreditBackAsItIsRead() throws Exception {
    RecordedCall call = open(1);
    byte[] message = Frames.messages("x".repeat(WINDOW / 2 - 5));
    socket.receive(MuxMessage.data(1, message).bytes());
    socket.receive(MuxMessage.data(1, message).bytes());
    assertThat(messages()).containsExactly(messages().get(0)); // HEADERS; one chunk was read ahead

    call.call().request(2);

    await().until(() -> messages().contains("CREDIT 1 32768"));
    await().until(() -> messages().stream().filter("CREDIT 1 32768"::equals).count() == 2);
  }

  @Test
  void aHalfClosedCallNeedsNoCredit() throws Exception {
    RecordedCall call = open(1);
    socket.receive(MuxMessage.data(1, Frames.messages("x".repeat(WINDOW - 5))).bytes());
    socket.receive("03 00000001");
    call.call().request(1);
    call.await("halfClose");

    assertThat(messages()).noneMatch(message -> message.startsWith("CREDIT"));
  }

  @Test
  void aLongAnswerIsCutIntoDataOfAtMostSixteenKibibytes() throws Exception {
    RecordedCall call = open(1);
    call.call().sendMessage("x".repeat(40_000));

    await().until(() -> messages().size() == 4);
    assertThat(messages().subList(1, 4))
        .containsExactly("DATA 1 16384 bytes", "DATA 1 16384 bytes", "DATA 1 7237 bytes");
  }

  @Test
  void anAnswerGoesAsFarAsTheCallsCredit() throws Exception {
    connect().receive(MuxMessage.settings(10, SOCKET_WINDOW).bytes());
    RecordedCall call = opened(1);
    call.call().sendMessage("x".repeat(20));
    call.call().close(Status.OK, new Metadata());

    await().until(() -> messages().size() == 2);
    assertThat(messages()).last().isEqualTo("DATA 1 10 bytes");
    socket.receive(MuxMessage.credit(1, 3).bytes());
    assertThat(messages()).last().isEqualTo("DATA 1 3 bytes");
    socket.receive(MuxMessage.credit(1, 100).bytes());
    assertThat(messages().subList(3, 5))
        .containsExactly("DATA 1 12 bytes", "TRAILERS 1 grpc-status: 0;");
    call.await("complete");
  }

  @Test
  void callsWithoutCreditOfTheSocketWaitAndOnlyTheirDataDoes() throws Exception {
    connect().receive(MuxMessage.settings(WINDOW, 10).bytes());
    RecordedCall first = opened(1);
    RecordedCall second = opened(2);
    first.call().sendMessage("x".repeat(20));
    await().until(() -> messages().contains("DATA 1 10 bytes"));
    second.call().sendMessage("y");
    RecordedCall third = opened(3);
    third.call().close(Status.OK, new Metadata());
    third.await("complete");

    socket.receive(MuxMessage.credit(0, 100).bytes());

    await().until(() -> messages().contains("DATA 2 6 bytes"));
    assertThat(messages()).containsSubsequence("DATA 1 15 bytes", "DATA 2 6 bytes");
  }

  @Test
  void aCallIsReadyAgainWhenItGetsCredit() throws Exception {
    connect().receive(MuxMessage.settings(10, SOCKET_WINDOW).bytes());
    RecordedCall call = opened(1).await("ready");
    call.call().sendMessage("x".repeat(100_000));
    assertThat(call.call().isReady()).isFalse();

    socket.receive(MuxMessage.credit(1, 200_000).bytes());

    call.await("ready", 2);
    assertThat(call.call().isReady()).isTrue();
  }

  @Test
  void callsTakeTurns() throws Exception {
    RecordedCall first = open(1);
    RecordedCall second = open(2);
    int before = messages().size();
    socket.block();
    first.call().sendMessage("x".repeat(40_000));
    second.call().sendMessage("y".repeat(40_000));
    await().until(() -> socketQueueIsEmpty() && !first.call().isReady());
    await().until(() -> !second.call().isReady());
    socket.unblock();

    await().until(() -> messages().size() == before + 6);
    assertThat(messages().subList(before, before + 6))
        .containsExactly(
            "DATA 1 16384 bytes",
            "DATA 2 16384 bytes",
            "DATA 1 16384 bytes",
            "DATA 2 16384 bytes",
            "DATA 1 7237 bytes",
            "DATA 2 7237 bytes");
  }

  @Test
  void theSocketIsGivenNoMoreThanItTakes() throws Exception {
    RecordedCall call = open(1);
    socket.block();
    call.call().sendMessage("x".repeat(100_000));
    await().until(() -> !call.call().isReady());

    assertThat(socket.queuedBytes()).isZero();
    socket.receive(MuxMessage.ping(1).bytes());
    socket.unblock();
    await().until(() -> messages().size() > 2);
    assertThat(messages().get(1)).isEqualTo("PONG 0 0000000000000001");
  }

  @Test
  void aPeerThatMakesTheServerSpeakAndDoesNotReadIsClosed() {
    greet();
    socket.block();
    for (int i = 0; i < 1000; i++) {
      socket.receive(MuxMessage.ping(i).bytes());
    }
    assertThat(socket.closed()).isNull();

    socket.receive(MuxMessage.ping(1000).bytes());

    assertThat(socket.closed())
        .isEqualTo(
            "1008 expected a client that reads, got more than 1000 messages that wait for it");
  }

  @Test
  void headersThatTheClientDoesNotTakeBreakTheCallOff() throws Exception {
    handler.on("start", call -> {});
    connect().receive("00 00000000 0004 00000020"); // 32 bytes
    RecordedCall call = opened(1);
    call.call().sendHeaders(new Metadata());
    call.call().sendMessage("abc");

    call.await("cancel");
    assertThat(messages())
        .containsExactly("RESET 1 8 Header block exceeds the client's maximum size 32 bytes: 91");
  }

  @Test
  void trailersThatTheClientDoesNotTakeBreakTheCallOff() throws Exception {
    connect().receive("00 00000000 0004 00000080"); // 128 bytes
    RecordedCall call = opened(1);
    call.call().close(Status.OK.withDescription("x".repeat(200)), new Metadata());

    call.await("cancel");
    assertThat(messages()).last().asString().startsWith("RESET 1 8 Header block exceeds");
  }

  @Test
  void anIdleSocketIsClosedByTheShutdown() {
    greet();
    server().shutdown();

    assertThat(messages()).containsExactly("GOAWAY 0 0 the server is shutting down");
    assertThat(socket.closed()).isEqualTo("1001 the server is shutting down");
  }

  @Test
  void theShutdownLetsCallsFinishAndTakesNoOthers() throws Exception {
    RecordedCall call = open(7);
    server().shutdown();
    assertThat(messages()).last().isEqualTo("GOAWAY 0 7 the server is shutting down");
    assertThat(socket.closed()).isNull();

    socket.receive(MuxMessage.headers(8, PATH).bytes());
    assertThat(messages())
        .last()
        .isEqualTo("TRAILERS 8 grpc-status: 14; grpc-message: Server is shutting down;");
    call.call().close(Status.OK, new Metadata());

    await().until(() -> socket.closed() != null);
    assertThat(messages()).last().isEqualTo("TRAILERS 7 grpc-status: 0;");
    assertThat(socket.closed()).isEqualTo("1001 the server is shutting down");
  }

  @Test
  void whatIsBrokenOffIsReset() throws Exception {
    RecordedCall call = open(1);
    socket.block();
    call.call().sendMessage("x".repeat(100_000));
    server().shutdownNow();
    call.await("cancel");
    assertThat(server().awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    socket.unblock();

    assertThat(messages()).last().isEqualTo("RESET 1 14 The server has broken off the call");
    assertThat(socket.closed()).startsWith("1001");
  }

  @Test
  void aPeerThatIsSilentIsAskedAndThenGivenUp() throws Exception {
    builder.webSockets(
        WebSocketPolicy.builder()
            .pingInterval(Duration.ofMillis(20))
            .pingTimeout(Duration.ofMillis(20))
            .build());
    RecordedCall call = open(1);

    call.await("cancel");
    assertThat(messages()).contains("PING 0 0000000000000001");
    assertThat(socket.closed()).isEqualTo("abort");
  }

  @Test
  void aPeerThatDoesNotGreetIsClosed() {
    builder.webSockets(WebSocketPolicy.builder().pingInterval(Duration.ofMillis(20)).build());
    connect();

    await().until(() -> socket.closed() != null);
    assertThat(socket.closed()).isEqualTo("1008 expected SETTINGS, got nothing");
  }

  @Test
  void aSocketTooManyIsClosed() {
    builder.webSockets(WebSocketPolicy.builder().maxSockets(1).build());
    connect();
    RecordingSocket second = new RecordingSocket();
    connect(second);

    assertThat(second.closed()).isEqualTo("1013 the server takes no more sockets");
    assertThat(second.taken()).isEmpty();
  }

  private boolean socketQueueIsEmpty() {
    return socket.queuedBytes() == 0;
  }

  private GrpcWebServer server() {
    if (server == null) {
      server = builder.build();
    }
    return server;
  }

  private RecordingSocket connect() {
    return connect(socket);
  }

  private RecordingSocket connect(RecordingSocket to) {
    Headers headers = new Headers().add("cookie", "secret").add("origin", "https://example.org");
    connected.add(to);
    RequestHead handshake =
        new RequestHead("", headers, "example.org:8080", false, Attributes.EMPTY);
    return to.connect(server().open(handshake, "grpcweb.mux.v1", to));
  }

  private RecordingSocket greet() {
    return connect().receive("00 00000000");
  }

  /** Opens a call, after the greeting if there was none. */
  private RecordedCall open(int id) throws InterruptedException {
    if (socket.taken().isEmpty()) {
      greet();
    }
    return opened(id);
  }

  /** Opens a call and waits for its headers. */
  private RecordedCall opened(int id) throws InterruptedException {
    socket.receive(MuxMessage.headers(id, PATH).bytes());
    return handler.awaitCall();
  }

  /** Returns what the server has sent behind its SETTINGS. */
  private List<String> messages() {
    return socket.taken().stream()
        .skip(1)
        .map(message -> MuxMessage.parse(Hex.bytes(message)).toString())
        .toList();
  }
}

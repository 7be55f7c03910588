// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How sockets end, and that each of them does, in whatever way its client misbehaves. A subclass
 * names the container. Each test has a server of its own.
 */
public abstract class SocketLife extends SocketFixture {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatClosesItsSocketCancelsItsCall(boolean halfClosed) throws IOException {
    GrpcWebServer server = serve();
    String id = newId();
    RawWebSocket socket = held(id, halfClosed);
    socket.close(1001);
    assertThat(log.call(id).awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    await().until(() -> server.openCalls() == 0);
    // The server answers, and ends the connection.
    assertThat(socket.closeCode()).isEqualTo(1001);
    assertThat(socket.frame()).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatVanishesCancelsItsCall(boolean halfClosed) throws IOException {
    GrpcWebServer server = serve();
    String id = newId();
    held(id, halfClosed).reset();
    assertThat(log.call(id).awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    await().until(() -> server.openCalls() == 0);
  }

  private RawWebSocket held(String id, boolean halfClosed) throws IOException {
    RawWebSocket socket = open("HoldBoth", id);
    ServedCall served = log.call(id);
    served.awaitStart();
    if (halfClosed) {
      socket.send(new byte[] {1});
      served.awaitHalfClose();
    }
    served.push("first");
    // The header block and the message, each a prefix and a payload.
    for (int i = 0; i < 4; i++) {
      assertThat(socket.next()).isNotNull();
    }
    return socket;
  }

  @Test
  @Tag("slow")
  void aClientThatDoesNotAnswerTheCloseIsLeft() throws IOException {
    serve();
    String id = newId();
    RawWebSocket socket = held(id, true);
    log.call(id).close(Status.OK);
    awaitGone(socket, Duration.ofSeconds(11));
  }

  @Test
  void aClientThatAnswersNoPingIsGivenUp() throws IOException {
    sockets.pingInterval(Duration.ofMillis(200)).pingTimeout(Duration.ofMillis(300));
    GrpcWebServer server = serve();
    String id = newId();
    RawWebSocket socket = open("HoldBoth", id);
    log.call(id).awaitStart();
    assertThat(log.call(id).awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    await().until(() -> server.openCalls() == 0);
    awaitGone(socket, Duration.ofMillis(100));
  }

  @Test
  void aClientThatAnswersPingsIsKept() throws IOException {
    sockets.pingInterval(Duration.ofMillis(50)).pingTimeout(Duration.ofSeconds(Patience.SECONDS));
    serve();
    String id = newId();
    RawWebSocket socket = held(id, false);
    for (int i = 0; i < 3; i++) {
      RawWebSocket.Frame ping = java.util.Objects.requireNonNull(socket.frame());
      assertThat(ping.opcode).isEqualTo(RawWebSocket.PING);
      socket.send(RawWebSocket.PONG, true, ping.payload);
    }
    assertThat(log.call(id).hasEnded()).isFalse();
    log.call(id).close(Status.OK);
    assertThat(trailers(socket)).contains("grpc-status: 0");
  }

  @Test
  void aClientThatTakesNothingIsGivenUp() throws IOException {
    sockets.pingInterval(Duration.ofMillis(200)).pingTimeout(Duration.ofMillis(300));
    GrpcWebServer server = serve();
    String id = newId();
    RawWebSocket socket = open("HoldBoth", id);
    log.call(id).push("-".repeat(FlowControl.MOST_BUFFERED));
    assertThat(log.call(id).awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    await().until(() -> server.openCalls() == 0);
    awaitGone(socket, Duration.ofMillis(100));
  }

  /**
   * Waits until the connection has gone for the server, too: only then the client cannot write.
   *
   * @param pause between looks; a client that writes is not idle
   */
  private static void awaitGone(RawWebSocket socket, Duration pause) {
    await()
        .atMost(Patience.SECONDS + 3 * pause.toSeconds(), TimeUnit.SECONDS)
        .pollDelay(pause)
        .pollInterval(pause)
        .until(
            () -> {
              try {
                socket.send(RawWebSocket.PONG, true, new byte[1]);
                Patience.pause();
                socket.send(RawWebSocket.PONG, true, new byte[1]);
                return false;
              } catch (IOException gone) {
                return true;
              }
            });
  }

  @Test
  void aTextMessageClosesTheSocket() throws IOException {
    serve();
    RawWebSocket socket = open("HoldBoth", newId());
    socket.send(RawWebSocket.TEXT, true, Format.ascii("hello"));
    assertThat(socket.closeCode()).isEqualTo(1003);
    assertThat(socket.closeReason()).isNotEmpty();
  }

  @Test
  void aMessageThatBreaksTheProtocolClosesTheSocketWithAReason() throws IOException {
    GrpcWebServer server = serve();
    String id = newId();
    RawWebSocket socket = open("HoldBoth", id);
    log.call(id).awaitStart();
    socket.send(new byte[] {7, 0});
    assertThat(socket.closeCode()).isEqualTo(1002);
    assertThat(socket.closeReason()).isNotEmpty();
    assertThat(log.call(id).awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    await().until(() -> server.openCalls() == 0);
  }

  @Test
  void aMessageOfTwentyMegabytesComesInParts() throws IOException {
    builder.maxInboundMessageSize(32 << 20);
    serve();
    String text = "-".repeat(20 << 20);
    RawWebSocket socket = open("Echo", newId());
    byte[] message = data(text);
    // Half in one frame, half in small ones.
    int half = message.length / 2;
    socket.send(RawWebSocket.BINARY, false, java.util.Arrays.copyOf(message, half));
    for (int at = half; at < message.length; at += 100_000) {
      int end = Math.min(at + 100_000, message.length);
      socket.send(
          RawWebSocket.CONTINUATION,
          end == message.length,
          java.util.Arrays.copyOfRange(message, at, end));
    }
    socket.send(new byte[] {1});
    for (int i = 0; i < 3; i++) {
      assertThat(socket.next()).isNotNull();
    }
    assertThat(socket.next()).hasSize(20 << 20);
    assertThat(trailers(socket)).contains("grpc-status: 0");
  }

  @Test
  void aMessageOverTheLimitEndsItsCall() throws IOException {
    builder.maxInboundMessageSize(1000);
    serve();
    RawWebSocket socket = open("Echo", newId());
    socket.send(data("-".repeat(1001)));
    assertThat(trailers(socket)).contains("grpc-status: 8").contains("1000");
    assertThat(socket.closeCode()).isEqualTo(1000);
  }

  @Test
  void whatWaitsForAClientIsBounded() throws IOException {
    builder.maxQueuedBytes(100_000);
    GrpcWebServer server = serve();
    String id = newId();
    RawWebSocket socket = open("HoldBoth", id);
    ServedCall served = log.call(id);
    int sent = 0;
    while (!served.awaitStart().isCancelled() && sent < FlowControl.MOST_BUFFERED) {
      served.push("-".repeat(10_000));
      sent += 10_000;
    }
    assertThat(sent).isLessThan(FlowControl.MOST_BUFFERED);
    assertThat(served.awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    assertThat(trailers(socket)).contains("grpc-status: 8");
    await().until(() -> server.openCalls() == 0);
  }
}

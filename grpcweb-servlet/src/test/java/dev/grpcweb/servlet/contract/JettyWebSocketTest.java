// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.testing.JettyServer;
import dev.grpcweb.testing.Hex;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sockets byte for byte, and what a container without them answers. */
final class JettyWebSocketTest {
  private static final String ECHO = ClientCall.path("", "Echo");

  /** There is no key, and no upgrade. */
  private static final Map<String, String> HANDSHAKE =
      Map.of("sec-websocket-version", "13", "sec-websocket-protocol", "grpc-websockets");

  private final GrpcWebServer grpc = GrpcWebServer.builder().addService(new TextsService()).build();

  @AfterEach
  void stop() {
    grpc.shutdownNow();
  }

  private static RawWebSocket open(JettyServer jetty, String path, String subprotocols)
      throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), jetty.port());
    return RawWebSocket.open(Http1Connection.connect(address), path, Map.of(), subprotocols);
  }

  @Test
  void aSocketIsACall() throws IOException {
    try (JettyServer jetty = JettyServer.builder().filter(grpc).start();
        RawWebSocket socket = open(jetty, ECHO, "grpc-websockets")) {
      assertThat(socket.isAccepted()).isTrue();
      assertThat(socket.handshake().header("sec-websocket-protocol")).isEqualTo("grpc-websockets");
      socket.send(Format.ascii("content-type: application/grpc-web+proto\r\n"));
      // data, one message "abc"
      socket.send(Hex.bytes("00 00 00000003 616263"));
      socket.send(Hex.bytes("01"));

      assertThat(socket.next()).startsWith(0x80);
      assertThat(socket.next()).asString().contains("content-type: application/grpc-web+proto");
      assertThat(socket.next()).isEqualTo(Hex.bytes("00 00000003"));
      assertThat(socket.next()).isEqualTo(Hex.bytes("616263"));
      assertThat(socket.next()).startsWith(0x80);
      assertThat(socket.next()).asString().isEqualTo("grpc-status: 0\r\n");
      assertThat(socket.closeCode()).isEqualTo(1000);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"H2C", "H2_TLS"})
  void aSocketMayBeAStreamOfHttp2(Protocol protocol) throws IOException {
    try (JettyServer jetty = JettyServer.builder().filter(grpc).start();
        Clients clients = new Clients();
        Http2Connection connection =
            (Http2Connection) protocol.connect(new JettySite(jetty), clients)) {
      HttpExchange socket = connection.connectWebSocket(ECHO, HANDSHAKE);
      assertThat(socket.status()).isEqualTo(200);
      assertThat(socket.header("sec-websocket-protocol")).isEqualTo("grpc-websockets");
      socket.send(message("content-type: application/grpc-web+proto\r\n"));
      socket.send(message("\0\0\0\0\0\3abc"));
      socket.send(message("\1"));
      StringBuilder answer = new StringBuilder();
      while (answer.indexOf("grpc-status: 0") < 0) {
        byte[] next = socket.read();
        assertThat(next).as("after %s", answer).isNotNull();
        answer.append(new String(next, StandardCharsets.ISO_8859_1));
      }
      assertThat(answer).contains("content-type: application/grpc-web+proto", "abc");
      // Other streams go on, and so does the door's judgement.
      HttpExchange refused =
          connection.connectWebSocket(ECHO, Map.of("sec-websocket-version", "13"));
      assertThat(refused.status()).isNotEqualTo(200);
      Map<String, String> foreign = new TreeMap<>(HANDSHAKE);
      foreign.put("origin", "https://evil.example.org");
      assertThat(connection.connectWebSocket(ECHO, foreign).status()).isEqualTo(403);
    }
  }

  @Test
  void theServletTakesStreamsOfHttp2() throws IOException {
    try (JettyServer jetty = JettyServer.builder().servlet(grpc, "/api/*").start();
        Clients clients = new Clients();
        Http2Connection connection =
            (Http2Connection) Protocol.H2C.connect(new JettySite(jetty), clients)) {
      HttpExchange socket = connection.connectWebSocket(ClientCall.path("/api", "Echo"), HANDSHAKE);
      assertThat(socket.status()).isEqualTo(200);
      socket.vanish();
    }
  }

  private static byte[] message(String text) {
    return RawWebSocket.frame(RawWebSocket.BINARY, true, Format.ascii(text));
  }

  @Test
  void aContainerWithoutSocketsSaysSo() throws IOException {
    try (JettyServer jetty = JettyServer.builder().withoutWebSockets().filter(grpc).start();
        RawWebSocket socket = open(jetty, ECHO, "grpc-websockets")) {
      assertThat(socket.handshake().status()).isEqualTo(501);
      assertThat(socket.handshake().readAll()).asString().contains("no WebSocket support");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.testing.JettyServer;
import dev.grpcweb.testing.Hex;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sockets byte for byte, and what a container without them answers. */
final class JettyWebSocketTest {
  private static final String ECHO = ClientCall.path("", "Echo");

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

  @Test
  void aContainerWithoutSocketsSaysSo() throws IOException {
    try (JettyServer jetty = JettyServer.builder().withoutWebSockets().filter(grpc).start();
        RawWebSocket socket = open(jetty, ECHO, "grpc-websockets")) {
      assertThat(socket.handshake().status()).isEqualTo(501);
      assertThat(socket.handshake().readAll()).asString().contains("no WebSocket support");
    }
  }
}

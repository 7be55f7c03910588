// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.WebSocketPolicy;
import dev.grpcweb.testing.Texts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** A server for each test and sockets to it, in a container that a subclass names. */
abstract class SocketFixture extends ServerFixture {
  static final String ONE_CALL = CallSockets.SUBPROTOCOL;

  /** What a call begins with. */
  static final String HEAD = "content-type: application/grpc-web+proto\r\n";

  final WebSocketPolicy.Builder sockets = WebSocketPolicy.builder();
  private final List<RawWebSocket> opened = new ArrayList<>();

  @Override
  dev.grpcweb.GrpcWebServer serve() {
    builder.webSockets(sockets.build());
    return super.serve();
  }

  /** Before the server's end is waited for. */
  @Override
  @AfterEach
  void everythingEnds() throws IOException {
    for (RawWebSocket socket : opened) {
      socket.close();
    }
    super.everythingEnds();
  }

  Http1Connection tcp() throws IOException {
    return Http1Connection.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), site().port()));
  }

  /** Sends a handshake. */
  RawWebSocket handshake(String path, String subprotocols, Map<String, String> fields)
      throws IOException {
    RawWebSocket socket = RawWebSocket.open(tcp(), path, fields, subprotocols);
    opened.add(socket);
    return socket;
  }

  /** Opens a call whose messages follow. */
  RawWebSocket open(String method, String id) throws IOException {
    RawWebSocket socket = handshake(path(method), ONE_CALL, Map.of());
    assertThat(socket.handshake().status()).isEqualTo(101);
    socket.send(Format.ascii(HEAD + CallLog.CALL_ID + ": " + id + "\r\n"));
    return socket;
  }

  static String path(String method) {
    return "/" + Texts.SERVICE + "/" + method;
  }

  static byte[] data(String message) {
    return Frames.join(new byte[1], Frames.message(message));
  }

  /** Reads to the end; returns what the server has said of it. */
  static String trailers(RawWebSocket socket) throws IOException {
    byte[] last = {};
    for (byte[] next = socket.next(); next != null; next = socket.next()) {
      last = next;
    }
    return new String(last, StandardCharsets.US_ASCII);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.GrpcWebServer;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A request that asks for a WebSocket; holds nothing of the request itself.
 *
 * @param subprotocols that the client offers, as it wrote them and in its order
 * @param problem why this is no handshake that may be accepted, or null
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1">RFC 6455, 4.2.1</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8441">RFC 8441, for HTTP/2</a>
 */
record Handshake(List<String> subprotocols, @Nullable String problem) {
  private static final int KEY_BYTES = 16;

  /** The one version of the protocol that there is. */
  static final String VERSION = "13";

  /** Returns what a request asks for, or null if that is no WebSocket. */
  static @Nullable Handshake of(HttpServletRequest request) {
    // A servlet does not see the field that says what an HTTP/2 client wants to connect to.
    boolean http2 = request.getMethod().equals("CONNECT");
    if (http2
        ? request.getHeader("sec-websocket-version") == null
        : !(request.getMethod().equals("GET") && has(request, "upgrade", "websocket"))) {
      return null;
    }
    return new Handshake(list(request, "sec-websocket-protocol").toList(), problem(request, http2));
  }

  /** Returns whether the client offers a subprotocol of gRPC. */
  boolean offersGrpc() {
    return subprotocols.stream().anyMatch(GrpcWebServer::isWebSocketProtocol);
  }

  private static @Nullable String problem(HttpServletRequest request, boolean http2) {
    String version = request.getHeader("sec-websocket-version");
    if (!VERSION.equals(version)) {
      return "sec-websocket-version: expected " + VERSION + ", got " + version;
    }
    if (!http2 && !has(request, "connection", "upgrade")) {
      return "connection: expected upgrade, got " + request.getHeader("connection");
    }
    if (!http2 && !isKey(request.getHeader("sec-websocket-key"))) {
      return "sec-websocket-key: expected " + KEY_BYTES + " bytes in base64";
    }
    return null;
  }

  private static boolean isKey(@Nullable String text) {
    try {
      return text != null && Base64.getDecoder().decode(text).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean has(HttpServletRequest request, String field, String token) {
    return list(request, field).anyMatch(found -> found.toLowerCase(Locale.ROOT).equals(token));
  }

  private static Stream<String> list(HttpServletRequest request, String field) {
    return Collections.list(request.getHeaders(field)).stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(String::trim)
        .filter(token -> !token.isEmpty());
  }
}

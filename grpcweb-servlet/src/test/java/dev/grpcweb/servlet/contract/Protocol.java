// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** How a client reaches a site. */
public enum Protocol {
  HTTP_1,
  H2C,
  HTTP_1_TLS,
  H2_TLS,
  /** One socket for each call. */
  WEB_SOCKET,
  WEB_SOCKET_TLS,
  /** One socket for all calls. */
  MUX_SOCKET,
  MUX_SOCKET_TLS;

  boolean isHttp2() {
    return this == H2C || this == H2_TLS;
  }

  /** Returns whether a connection carries many calls at once. */
  boolean sharesConnections() {
    return isHttp2() || isMultiplexed();
  }

  /** Returns whether calls come over WebSockets, whose clients are seen to go away. */
  boolean isWebSocket() {
    return this == WEB_SOCKET || this == WEB_SOCKET_TLS || isMultiplexed();
  }

  /** Returns whether calls share a WebSocket, and each has its own flow control. */
  boolean isMultiplexed() {
    return this == MUX_SOCKET || this == MUX_SOCKET_TLS;
  }

  /** Returns the formats that a server takes over it. */
  List<Format> formats() {
    if (isWebSocket()) {
      return List.of(Format.BINARY);
    }
    return isHttp2() ? List.of(Format.values()) : Format.WEB;
  }

  boolean isSecure() {
    return switch (this) {
      case HTTP_1, H2C, WEB_SOCKET, MUX_SOCKET -> false;
      case HTTP_1_TLS, H2_TLS, WEB_SOCKET_TLS, MUX_SOCKET_TLS -> true;
    };
  }

  HttpConnection connect(Site site, Clients clients) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), isSecure() ? site.tlsPort() : site.port());
    return switch (this) {
      case HTTP_1 -> Http1Connection.connect(address);
      case HTTP_1_TLS -> Http1Connection.connect(address, clients.tls());
      case WEB_SOCKET -> new CallSockets(() -> Http1Connection.connect(address));
      case WEB_SOCKET_TLS -> new CallSockets(() -> Http1Connection.connect(address, clients.tls()));
      case MUX_SOCKET -> new MuxSocket(() -> Http1Connection.connect(address));
      case MUX_SOCKET_TLS -> new MuxSocket(() -> Http1Connection.connect(address, clients.tls()));
      case H2C -> Http2Connection.connect(clients.http2(), address);
      case H2_TLS -> Http2Connection.connect(clients.http2(), address, clients.http2Tls());
    };
  }
}

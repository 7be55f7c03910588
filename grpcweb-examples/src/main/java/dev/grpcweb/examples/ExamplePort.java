// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import java.nio.file.Path;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** The one port of the example, which takes HTTP/1.1 and HTTP/2, in plain or over TLS. */
final class ExamplePort {
  /** What {@code keytool} proposes. */
  static final String PASSWORD = "changeit";

  private ExamplePort() {}

  /** Returns a plain port: a client of HTTP/2 has to know that it is spoken here. */
  static ServerConnector plain(Server server) {
    HttpConfiguration http = http();
    HTTP2CServerConnectionFactory http2 = new HTTP2CServerConnectionFactory(http);
    keepQuietStreams(http2);
    return new ServerConnector(server, new HttpConnectionFactory(http), http2);
  }

  /** Returns a port with TLS, where client and server agree on a version of HTTP. */
  static ServerConnector secure(Server server, Path keyStore) {
    HttpConfiguration http = http();
    // The certificate may be for another name than the one it is tried with.
    http.addCustomizer(new SecureRequestCustomizer(false));
    HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(http);
    keepQuietStreams(http2);
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol(HttpVersion.HTTP_1_1.asString());
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setKeyStorePath(keyStore.toString());
    ssl.setKeyStorePassword(PASSWORD);
    return new ServerConnector(
        server,
        new SslConnectionFactory(ssl, alpn.getProtocol()),
        alpn,
        http2,
        new HttpConnectionFactory(http));
  }

  private static HttpConfiguration http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    return http;
  }

  /** A push may be quiet for longer than the connection's time-out. */
  private static void keepQuietStreams(AbstractHTTP2ServerConnectionFactory http2) {
    http2.setStreamIdleTimeout(-1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import connectrpc.conformance.v1.ServerCompat.ServerCompatRequest;
import java.io.IOException;
import java.security.GeneralSecurityException;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.RateControl;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** One free port on the loopback address that speaks HTTP/1.1 and HTTP/2, in plain or over TLS. */
final class Connectors {
  private static final int MAX_CONCURRENT_STREAMS = 1024;

  private Connectors() {}

  static ServerConnector forRequest(Server server, ServerCompatRequest request)
      throws GeneralSecurityException, IOException {
    ServerConnector connector = request.getUseTls() ? tls(server, request) : plain(server);
    connector.setHost("127.0.0.1");
    return connector;
  }

  private static ServerConnector plain(Server server) {
    HttpConfiguration http = new HttpConfiguration();
    HTTP2CServerConnectionFactory h2c = new HTTP2CServerConnectionFactory(http);
    relax(h2c);
    return new ServerConnector(server, new HttpConnectionFactory(http), h2c);
  }

  private static ServerConnector tls(Server server, ServerCompatRequest request)
      throws GeneralSecurityException, IOException {
    HttpConfiguration http = new HttpConfiguration();
    // The suite connects to an address, which is no host name that SNI could carry.
    http.addCustomizer(new SecureRequestCustomizer(false));
    HTTP2ServerConnectionFactory h2 = new HTTP2ServerConnectionFactory(http);
    relax(h2);
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol(HttpVersion.HTTP_1_1.asString());
    return new ServerConnector(
        server,
        new SslConnectionFactory(sslContext(request), alpn.getProtocol()),
        alpn,
        h2,
        new HttpConnectionFactory(http));
  }

  private static SslContextFactory.Server sslContext(ServerCompatRequest request)
      throws GeneralSecurityException, IOException {
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setKeyStore(
        Pem.keyStore(
            request.getServerCreds().getCert().toStringUtf8(),
            request.getServerCreds().getKey().toStringUtf8()));
    ssl.setKeyStorePassword("");
    if (!request.getClientTlsCert().isEmpty()) {
      ssl.setTrustStore(Pem.trustStore(request.getClientTlsCert().toStringUtf8()));
      ssl.setNeedClientAuth(true);
    }
    return ssl;
  }

  /** The suite runs all calls of a kind over one connection, faster than a browser would. */
  private static void relax(AbstractHTTP2ServerConnectionFactory http2) {
    http2.setMaxConcurrentStreams(MAX_CONCURRENT_STREAMS);
    http2.setRateControlFactory(
        new RateControl.Factory() {
          @Override
          public RateControl newRateControl(EndPoint endPoint) {
            return RateControl.NO_RATE_CONTROL;
          }
        });
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.GrpcWebFilter;
import dev.grpcweb.servlet.GrpcWebServlet;
import jakarta.servlet.DispatcherType;
import java.security.KeyStore;
import java.util.EnumSet;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
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
import org.jspecify.annotations.Nullable;

/** Jetty 12.1. */
final class JettyContainer implements Container {
  private static final int MAX_CONCURRENT_STREAMS = 1024;

  @Override
  public int start(GrpcWebServer grpc, Door door, Tls tls) throws Exception {
    Server server = new Server();
    KeyStore keys = tls.keys();
    ServerConnector connector =
        keys == null ? plain(server) : secure(server, ssl(keys, tls.trusted()));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(context(grpc, door));
    server.start();
    return connector.getLocalPort();
  }

  private static ServletContextHandler context(GrpcWebServer grpc, Door door) {
    ServletContextHandler context = new ServletContextHandler("/");
    switch (door) {
      case FILTER -> {
        FilterHolder filter = new FilterHolder(new GrpcWebFilter(grpc));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
      }
      case SERVLET -> {
        ServletHolder servlet = new ServletHolder(new GrpcWebServlet(grpc));
        servlet.setAsyncSupported(true);
        context.addServlet(servlet, "/*");
      }
    }
    return context;
  }

  private static ServerConnector plain(Server server) {
    HttpConfiguration http = new HttpConfiguration();
    HTTP2CServerConnectionFactory h2c = new HTTP2CServerConnectionFactory(http);
    relax(h2c);
    return new ServerConnector(server, new HttpConnectionFactory(http), h2c);
  }

  private static ServerConnector secure(Server server, SslContextFactory.Server ssl) {
    HttpConfiguration http = new HttpConfiguration();
    // The suite connects to an address, which is no host name that SNI could carry.
    http.addCustomizer(new SecureRequestCustomizer(false));
    HTTP2ServerConnectionFactory h2 = new HTTP2ServerConnectionFactory(http);
    relax(h2);
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol(HttpVersion.HTTP_1_1.asString());
    return new ServerConnector(
        server,
        new SslConnectionFactory(ssl, alpn.getProtocol()),
        alpn,
        h2,
        new HttpConnectionFactory(http));
  }

  private static SslContextFactory.Server ssl(KeyStore keys, @Nullable KeyStore trusted) {
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setKeyStore(keys);
    ssl.setKeyStorePassword("");
    if (trusted != null) {
      ssl.setTrustStore(trusted);
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

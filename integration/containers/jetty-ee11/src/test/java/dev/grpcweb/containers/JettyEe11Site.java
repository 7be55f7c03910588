// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.containers;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.GrpcWebFilter;
import dev.grpcweb.servlet.GrpcWebServlet;
import dev.grpcweb.servlet.contract.Site;
import dev.grpcweb.servlet.testing.TestCertificate;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import java.util.function.Consumer;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.http2.WindowRateControl;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty with the servlets of Jakarta EE 11 as a site. */
record JettyEe11Site(Server jetty, ServerConnector plain, ServerConnector tls) implements Site {
  static Site start(Filter door) {
    EnumSet<DispatcherType> requests = EnumSet.of(DispatcherType.REQUEST);
    return start("/", context -> context.addFilter(new FilterHolder(door), "/*", requests));
  }

  static Site start(GrpcWebServer server, CorsPolicy cors, Mount mount) {
    return switch (mount) {
      case FILTER -> start(new GrpcWebFilter(server, cors));
      case SERVLET -> {
        ServletHolder servlet = new ServletHolder(new GrpcWebServlet(server, cors));
        yield start(
            mount.contextPath(), context -> context.addServlet(servlet, mount.mapping() + "/*"));
      }
    };
  }

  private static Site start(String contextPath, Consumer<ServletContextHandler> door) {
    QueuedThreadPool threads = new QueuedThreadPool(64);
    threads.setDaemon(true);
    Server jetty = new Server(threads);
    ServerConnector plain = plain(jetty);
    ServerConnector tls = tls(jetty);
    ServletContextHandler context = new ServletContextHandler();
    context.setContextPath(contextPath);
    door.accept(context);
    JakartaWebSocketServletContainerInitializer.configure(context, null);
    jetty.setHandler(context);
    try {
      jetty.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return new JettyEe11Site(jetty, plain, tls);
  }

  private static ServerConnector plain(Server jetty) {
    HttpConfiguration config = configuration();
    return connector(
        jetty, new HttpConnectionFactory(config), http2(new HTTP2CServerConnectionFactory(config)));
  }

  private static ServerConnector tls(Server jetty) {
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setKeyStore(TestCertificate.keyStore());
    ssl.setKeyStorePassword(TestCertificate.password());
    ssl.setTrustStore(TestCertificate.trustStore());
    ssl.setWantClientAuth(true);
    HttpConfiguration config = configuration();
    config.addCustomizer(new SecureRequestCustomizer(false));
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol("http/1.1");
    return connector(
        jetty,
        new SslConnectionFactory(ssl, alpn.getProtocol()),
        alpn,
        http2(new HTTP2ServerConnectionFactory(config)),
        new HttpConnectionFactory(config));
  }

  private static HttpConfiguration configuration() {
    HttpConfiguration config = new HttpConfiguration();
    config.setRequestHeaderSize(32 * 1024);
    return config;
  }

  private static ConnectionFactory http2(AbstractHTTP2ServerConnectionFactory factory) {
    factory.setMaxConcurrentStreams(1024);
    // As the page of set-ups has it.
    factory.setRateControlFactory(new WindowRateControl.Factory(1000));
    return factory;
  }

  private static ServerConnector connector(Server jetty, ConnectionFactory... factories) {
    ServerConnector connector = new ServerConnector(jetty, factories);
    connector.setHost("127.0.0.1");
    jetty.addConnector(connector);
    return connector;
  }

  @Override
  public int port() {
    return plain.getLocalPort();
  }

  @Override
  public int tlsPort() {
    return tls.getLocalPort();
  }

  @Override
  public boolean isAtRest() {
    return ((QueuedThreadPool) jetty.getThreadPool()).getUtilizedThreads() == 0;
  }

  @Override
  public void close() {
    try {
      jetty.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

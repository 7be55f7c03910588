// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.testing;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.GrpcWebFilter;
import dev.grpcweb.servlet.GrpcWebServlet;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.http2.WindowRateControl;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An embedded Jetty with a plain port (HTTP/1.1 and HTTP/2 with prior knowledge) and a TLS port
 * (HTTP/2 and HTTP/1.1 by ALPN), both on the loopback interface.
 *
 * <pre>{@code
 * try (JettyServer jetty = JettyServer.builder().filter(grpc).start()) {
 *   URI method = jetty.uri("/pkg.Service/Method");
 * }
 * }</pre>
 */
public final class JettyServer implements AutoCloseable {
  private final Server server;
  private final ServerConnector plain;
  private final ServerConnector tls;
  private final String contextPath;

  private JettyServer(Server server, String contextPath) {
    this.server = server;
    this.plain = (ServerConnector) server.getConnectors()[0];
    this.tls = (ServerConnector) server.getConnectors()[1];
    this.contextPath = contextPath;
  }

  /** Returns a builder of a server with a context at the root and nothing in it. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the port for HTTP/1.1 and for HTTP/2 with prior knowledge. */
  public int port() {
    return plain.getLocalPort();
  }

  /** Returns the port for TLS; its certificate is {@link TestCertificate}. */
  public int tlsPort() {
    return tls.getLocalPort();
  }

  /** Returns whether no thread of the container is inside a request. */
  public boolean isAtRest() {
    return ((QueuedThreadPool) server.getThreadPool()).getUtilizedThreads() == 0;
  }

  /** Returns the plain address of a path below the context path. */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + contextPath + path);
  }

  /** Returns the TLS address of a path below the context path. */
  public URI tlsUri(String path) {
    return URI.create("https://localhost:" + tlsPort() + contextPath + path);
  }

  /** Stops the container. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Says what runs in the container. Not thread-safe. */
  public static final class Builder {
    private final List<Consumer<ServletContextHandler>> parts = new ArrayList<>();
    private UnaryOperator<Handler> around = context -> context;
    private String contextPath = "";
    private Duration idleTimeout = Duration.ofSeconds(30);
    private int maxThreads = 64;
    private ByteBufferPool buffers = new ArrayByteBufferPool();
    private boolean webSockets = true;

    private Builder() {}

    /** Adds a filter for all paths, for a server and calls of the same origin. */
    public Builder filter(GrpcWebServer grpc) {
      return filter(new GrpcWebFilter(grpc));
    }

    /** Adds a filter for all paths, for a server and a policy. */
    public Builder filter(GrpcWebServer grpc, CorsPolicy cors) {
      return filter(new GrpcWebFilter(grpc, cors));
    }

    /** Adds a filter for all paths. */
    public Builder filter(Filter filter) {
      return context(
          context -> {
            FilterHolder holder = new FilterHolder(filter);
            context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
          });
    }

    /** Adds a servlet under a mapping, for a server and calls of the same origin. */
    public Builder servlet(GrpcWebServer grpc, String mapping) {
      return servlet(new GrpcWebServlet(grpc), mapping);
    }

    /** Adds a servlet under a mapping. */
    public Builder servlet(HttpServlet servlet, String mapping) {
      return context(
          context -> {
            ServletHolder holder = new ServletHolder(servlet);
            context.addServlet(holder, mapping);
          });
    }

    /** Changes the context before the server starts. */
    public Builder context(Consumer<ServletContextHandler> change) {
      parts.add(change);
      return this;
    }

    /** Sets what is put around the context. */
    public Builder around(UnaryOperator<Handler> wrapper) {
      around = wrapper;
      return this;
    }

    /** Sets the context path; the root by default. */
    public Builder contextPath(String path) {
      contextPath = path;
      return this;
    }

    /** Sets after how much silence the container gives a connection or stream up. */
    public Builder idleTimeout(Duration timeout) {
      idleTimeout = timeout;
      return this;
    }

    /** Sets the size of the container's pool. */
    public Builder maxThreads(int threads) {
      maxThreads = threads;
      return this;
    }

    /** Sets where the container has its buffers from; its own pool by default. */
    public Builder buffers(ByteBufferPool source) {
      buffers = source;
      return this;
    }

    /** Leaves the container's WebSocket support out. */
    public Builder withoutWebSockets() {
      webSockets = false;
      return this;
    }

    /** Starts the container. */
    public JettyServer start() {
      QueuedThreadPool pool = new QueuedThreadPool(maxThreads);
      pool.setDaemon(true);
      Server server = new Server(pool, null, buffers);
      server.addConnector(plain(server));
      server.addConnector(tls(server));
      ServletContextHandler context = new ServletContextHandler();
      context.setContextPath(contextPath.isEmpty() ? "/" : contextPath);
      parts.forEach(part -> part.accept(context));
      if (webSockets) {
        JakartaWebSocketServletContainerInitializer.configure(context, null);
      }
      server.setHandler(around.apply(context));
      try {
        server.start();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return new JettyServer(server, contextPath);
    }

    private ServerConnector plain(Server server) {
      HttpConfiguration config = configuration();
      return connector(
          new ServerConnector(
              server,
              new HttpConnectionFactory(config),
              http2(new HTTP2CServerConnectionFactory(config))));
    }

    private ServerConnector tls(Server server) {
      SslContextFactory.Server ssl = new SslContextFactory.Server();
      ssl.setKeyStore(TestCertificate.keyStore());
      ssl.setKeyStorePassword(TestCertificate.password());
      ssl.setTrustStore(TestCertificate.keyStore());
      ssl.setWantClientAuth(true);
      HttpConfiguration config = configuration();
      config.addCustomizer(new SecureRequestCustomizer(false));
      ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
      alpn.setDefaultProtocol("http/1.1");
      return connector(
          new ServerConnector(
              server,
              new SslConnectionFactory(ssl, alpn.getProtocol()),
              alpn,
              http2(new HTTP2ServerConnectionFactory(config)),
              new HttpConnectionFactory(config)));
    }

    /** More than what the server's own limit takes, so that the limit is seen to work. */
    private static HttpConfiguration configuration() {
      HttpConfiguration config = new HttpConfiguration();
      config.setRequestHeaderSize(32 * 1024);
      return config;
    }

    /** Jetty takes many cancelled streams for an attack, where a test may mean nothing but. */
    private static AbstractHTTP2ServerConnectionFactory http2(
        AbstractHTTP2ServerConnectionFactory factory) {
      factory.setMaxConcurrentStreams(1024);
      factory.setRateControlFactory(new WindowRateControl.Factory(100_000));
      return factory;
    }

    private ServerConnector connector(ServerConnector connector) {
      connector.setHost("127.0.0.1");
      connector.setPort(0);
      // A client that finds the queue full tries again after a second.
      connector.setAcceptQueueSize(1024);
      connector.setIdleTimeout(idleTimeout.toMillis());
      return connector;
    }
  }
}

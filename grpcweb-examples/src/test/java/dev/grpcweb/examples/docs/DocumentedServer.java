// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.GrpcWebFilter;
import jakarta.servlet.DispatcherType;
import java.net.URI;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A Jetty on a free port of 127.0.0.1 with an {@link EchoChat} behind the filter. */
final class DocumentedServer implements AutoCloseable {
  private final Server jetty;

  private DocumentedServer(Server jetty) {
    this.jetty = jetty;
  }

  static DocumentedServer start(GrpcWebServer grpc) throws Exception {
    ServletContextHandler context = new ServletContextHandler();
    context.addFilter(
        new FilterHolder(new GrpcWebFilter(grpc)), "/*", EnumSet.of(DispatcherType.REQUEST));
    return start(context);
  }

  static DocumentedServer start(ServletContextHandler context) throws Exception {
    Server jetty = local();
    jetty.setHandler(context);
    return start(jetty);
  }

  static DocumentedServer start(Server jetty) throws Exception {
    jetty.start();
    return new DocumentedServer(jetty);
  }

  /** Returns a server that is not started, on a free port of 127.0.0.1. */
  static Server local() {
    Server jetty = new Server();
    ServerConnector connector = new ServerConnector(jetty);
    connector.setHost("127.0.0.1");
    jetty.addConnector(connector);
    return jetty;
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + port() + "/");
  }

  int port() {
    return connector().getLocalPort();
  }

  ServerConnector connector() {
    return (ServerConnector) jetty.getConnectors()[0];
  }

  @Override
  public void close() {
    try {
      jetty.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the server did not stop", e);
    }
  }
}

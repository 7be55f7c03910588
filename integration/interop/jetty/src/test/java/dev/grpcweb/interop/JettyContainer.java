// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.GrpcWebFilter;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http2.WindowRateControl;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Jetty on a free port, with the filter at its root. */
record JettyContainer(Server jetty, ServerConnector connector) implements Container {
  static Container start(GrpcWebServer server) {
    Server jetty = new Server();
    HttpConfiguration http = new HttpConfiguration();
    HTTP2CServerConnectionFactory http2 = new HTTP2CServerConnectionFactory(http);
    // The tests cancel more often than Jetty takes for good manners.
    http2.setRateControlFactory(new WindowRateControl.Factory(10_000));
    ServerConnector connector = new ServerConnector(jetty, new HttpConnectionFactory(http), http2);
    connector.setHost("127.0.0.1");
    jetty.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    FilterHolder filter = new FilterHolder(new GrpcWebFilter(server));
    filter.setAsyncSupported(true);
    context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
    jetty.setHandler(context);
    try {
      jetty.start();
    } catch (Exception e) {
      throw new IllegalStateException("Jetty does not start", e);
    }
    return new JettyContainer(jetty, connector);
  }

  @Override
  public int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() {
    try {
      jetty.stop();
    } catch (Exception e) {
      throw new IllegalStateException("Jetty does not stop", e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.GrpcWebServlet;
import dev.grpcweb.servlet.testing.JettyServer;
import jakarta.servlet.Filter;

/** Jetty as a site. */
record JettySite(JettyServer jetty) implements Site {
  static Site start(GrpcWebServer server, CorsPolicy cors, Mount mount) {
    JettyServer.Builder builder = JettyServer.builder().contextPath(mount.contextPath());
    switch (mount) {
      case FILTER -> builder.filter(server, cors);
      case SERVLET -> builder.servlet(new GrpcWebServlet(server, cors), mount.mapping() + "/*");
    }
    return new JettySite(builder.start());
  }

  static Site start(Filter door) {
    return new JettySite(JettyServer.builder().filter(door).start());
  }

  @Override
  public int port() {
    return jetty.port();
  }

  @Override
  public int tlsPort() {
    return jetty.tlsPort();
  }

  @Override
  public boolean isAtRest() {
    return jetty.isAtRest();
  }

  @Override
  public void close() {
    jetty.close();
  }
}

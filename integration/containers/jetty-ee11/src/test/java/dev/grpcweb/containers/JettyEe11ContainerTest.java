// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.containers;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.contract.ContainerContract;
import dev.grpcweb.servlet.contract.Site;
import jakarta.servlet.Filter;

/** Jetty's servlets of Jakarta EE 11. */
final class JettyEe11ContainerTest extends ContainerContract {
  @Override
  protected Site start(GrpcWebServer server, CorsPolicy cors, Site.Mount mount) {
    return JettyEe11Site.start(server, cors, mount);
  }

  @Override
  protected Site start(Filter door) {
    return JettyEe11Site.start(door);
  }
}

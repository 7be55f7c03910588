// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import jakarta.servlet.Filter;

/** Jetty's servlets of Jakarta EE 10. */
final class JettyContainerTest extends ContainerContract {
  @Override
  protected Site start(GrpcWebServer server, CorsPolicy cors, Site.Mount mount) {
    return JettySite.start(server, cors, mount);
  }

  @Override
  protected Site start(Filter door) {
    return JettySite.start(door);
  }
}

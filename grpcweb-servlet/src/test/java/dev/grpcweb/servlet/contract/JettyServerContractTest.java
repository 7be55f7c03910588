// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;

/** {@link ServerContract} in Jetty. */
final class JettyServerContractTest extends ServerContract {
  @Override
  protected Site start(GrpcWebServer toServe, CorsPolicy cors, Site.Mount at) {
    return JettySite.start(toServe, cors, at);
  }
}

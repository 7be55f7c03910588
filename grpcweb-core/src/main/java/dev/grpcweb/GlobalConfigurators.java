// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb;

import io.grpc.InternalConfiguratorRegistry;
import io.grpc.ServerBuilder;

/**
 * The one use of the internal registry of what configures every server of the process, such as
 * {@code GrpcOpenTelemetry.registerGlobal}: who has asked for all servers means these, too, and
 * there is no public way to hear of it.
 */
final class GlobalConfigurators {
  private GlobalConfigurators() {}

  static void configure(ServerBuilder<?> builder) {
    InternalConfiguratorRegistry.configureServerBuilder(builder);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import dev.grpcweb.GrpcWebServer;
import io.grpc.ForwardingServerBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;

/** Builds a {@link GrpcWebServer} whose start starts a container. */
final class ContainerServerBuilder extends ForwardingServerBuilder<ContainerServerBuilder> {
  private final GrpcWebServer.Builder builder = GrpcWebServer.builder();
  private final Container.Starter starter;

  ContainerServerBuilder(Container.Starter starter) {
    this.starter = starter;
  }

  @Override
  protected ServerBuilder<?> delegate() {
    return builder;
  }

  @Override
  public Server build() {
    return new ContainerServer(builder.build(), starter);
  }
}

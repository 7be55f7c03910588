// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import dev.grpcweb.GrpcWebServer;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server with the port of a container around it, as the tests of other servers expect. */
final class ContainerServer extends Server {
  private final GrpcWebServer server;
  private final Container.Starter starter;
  private @Nullable Container container;

  ContainerServer(GrpcWebServer server, Container.Starter starter) {
    this.server = server;
    this.starter = starter;
  }

  @Override
  public synchronized ContainerServer start() {
    if (container != null) {
      throw new IllegalStateException("already started");
    }
    container = starter.start(server);
    return this;
  }

  @Override
  public synchronized int getPort() {
    if (container == null) {
      throw new IllegalStateException("not started");
    }
    return container.port();
  }

  @Override
  public List<SocketAddress> getListenSockets() {
    return List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), getPort()));
  }

  @Override
  public List<ServerServiceDefinition> getServices() {
    return server.getServices();
  }

  @Override
  public ContainerServer shutdown() {
    server.shutdown();
    return this;
  }

  /** Closes the container, too. */
  @Override
  public synchronized ContainerServer shutdownNow() {
    server.shutdownNow();
    if (container != null) {
      container.close();
    }
    return this;
  }

  @Override
  public boolean isShutdown() {
    return server.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return server.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return server.awaitTermination(timeout, unit);
  }

  @Override
  public void awaitTermination() throws InterruptedException {
    server.awaitTermination();
  }
}

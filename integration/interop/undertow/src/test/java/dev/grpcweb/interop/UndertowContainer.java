// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.GrpcWebServlet;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.ServletException;
import java.net.InetSocketAddress;

/** Undertow on a free port, with the servlet at its root. */
record UndertowContainer(Undertow undertow, DeploymentManager deployment) implements Container {
  static Container start(GrpcWebServer server) {
    DeploymentInfo info =
        Servlets.deployment()
            .setClassLoader(UndertowContainer.class.getClassLoader())
            .setDeploymentName("grpc")
            .setContextPath("/")
            .addServlet(
                Servlets.servlet(
                        "grpc",
                        GrpcWebServlet.class,
                        new ImmediateInstanceFactory<>(new GrpcWebServlet(server)))
                    .setAsyncSupported(true)
                    .addMapping("/*"));
    DeploymentManager deployment = Servlets.newContainer().addDeployment(info);
    deployment.deploy();
    try {
      Undertow undertow =
          Undertow.builder()
              .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
              .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L) // 2 MiB by default
              // The tests cancel more often than Undertow takes for good manners.
              .setServerOption(UndertowOptions.MAX_RST_FRAMES_PER_WINDOW, 10_000)
              .addHttpListener(0, "127.0.0.1", deployment.start())
              .build();
      undertow.start();
      return new UndertowContainer(undertow, deployment);
    } catch (ServletException e) {
      throw new IllegalStateException("Undertow does not start", e);
    }
  }

  @Override
  public int port() {
    return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
  }

  @Override
  public void close() {
    try {
      deployment.stop();
      undertow.stop();
      deployment.undeploy();
    } catch (ServletException e) {
      throw new IllegalStateException("Undertow does not stop", e);
    }
  }
}

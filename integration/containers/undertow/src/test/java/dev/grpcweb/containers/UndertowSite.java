// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.containers;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.GrpcWebFilter;
import dev.grpcweb.servlet.GrpcWebServlet;
import dev.grpcweb.servlet.contract.Limit;
import dev.grpcweb.servlet.contract.Site;
import dev.grpcweb.servlet.testing.TestCertificate;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.xnio.Options;
import org.xnio.SslClientAuthMode;

/** Undertow as a site. */
final class UndertowSite implements Site {
  private final Undertow undertow;
  private final DeploymentManager deployment;

  private UndertowSite(Undertow undertow, DeploymentManager deployment) {
    this.undertow = undertow;
    this.deployment = deployment;
  }

  static Site start(Filter door) {
    return start("/", info -> filter(info, door));
  }

  static Site start(GrpcWebServer server, CorsPolicy cors, Mount mount) {
    return switch (mount) {
      case FILTER -> start(new GrpcWebFilter(server, cors));
      case SERVLET ->
          start(
              mount.contextPath(),
              info ->
                  info.addServlet(
                      Servlets.servlet(
                              "grpc-web",
                              GrpcWebServlet.class,
                              new ImmediateInstanceFactory<>(new GrpcWebServlet(server, cors)))
                          .setAsyncSupported(true)
                          .addMapping(mount.mapping() + "/*")));
    };
  }

  private static Site start(String path, Consumer<DeploymentInfo> door) {
    DeploymentInfo info =
        Servlets.deployment()
            .setClassLoader(UndertowSite.class.getClassLoader())
            .setDeploymentName("grpc-web")
            .setContextPath(path);
    // snippet: undertow-websocket
    info.addServletContextAttribute(
        WebSocketDeploymentInfo.ATTRIBUTE_NAME,
        new WebSocketDeploymentInfo().setBuffers(new DefaultByteBufferPool(true, 16 * 1024)));
    // end
    door.accept(info);
    DeploymentManager deployment = Servlets.defaultContainer().addDeployment(info);
    deployment.deploy();
    try {
      Undertow undertow = undertow(Handlers.path().addPrefixPath(path, deployment.start()));
      undertow.start();
      return new UndertowSite(undertow, deployment);
    } catch (ServletException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void filter(DeploymentInfo info, Filter filter) {
    // snippet: undertow-filter
    info.addFilter(
        Servlets.filter("grpc-web", GrpcWebFilter.class, new ImmediateInstanceFactory<>(filter))
            .setAsyncSupported(true));
    info.addFilterUrlMapping("grpc-web", "/*", DispatcherType.REQUEST);
    // end
  }

  private static Undertow undertow(HttpHandler handler) {
    String host = "127.0.0.1";
    int port = 0;
    int tlsPort = 0;
    SSLContext tls = TestCertificate.clientContext();
    // snippet: undertow
    Undertow.Builder builder =
        Undertow.builder()
            .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
            .setServerOption(UndertowOptions.MAX_RST_FRAMES_PER_WINDOW, 10_000)
            .setSocketOption(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUESTED)
            .addHttpListener(port, host)
            .addHttpsListener(tlsPort, host, tls)
            .setHandler(handler);
    // end
    return builder.setServerOption(UndertowOptions.MAX_HEADERS, 1000).build();
  }

  @Override
  public int port() {
    return port(0);
  }

  @Override
  public int tlsPort() {
    return port(1);
  }

  private int port(int listener) {
    return ((InetSocketAddress) undertow.getListenerInfo().get(listener).getAddress()).getPort();
  }

  /** What happens to a connection waits for its one thread, so nothing is missed while it works. */
  @Override
  public boolean isAtRest() {
    return true;
  }

  /** It calls the WriteListener then, as it does for other reasons, and says no more. */
  @Override
  public Set<Limit> limits() {
    return EnumSet.allOf(Limit.class);
  }

  @Override
  public void close() {
    try {
      deployment.stop();
      undertow.stop();
      deployment.undeploy();
    } catch (ServletException e) {
      throw new IllegalStateException(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.GrpcWebServer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers gRPC-Web and native gRPC calls and hands every other request down the chain, so that
 * pages, files and other servlets live on the same paths.
 *
 * <pre>{@code
 * GrpcWebServer grpc = GrpcWebServer.builder().addService(new ChatService()).build();
 * context.addFilter(new FilterHolder(new GrpcWebFilter(grpc)), "/*", EnumSet.of(REQUEST));
 * }</pre>
 *
 * <p>Its own are the paths that name a registered method, whatever is sent there, and requests with
 * a gRPC content type on any path below its prefix. A method's path is exactly {@code
 * prefix/package.Service/Method} below the context path. Every filter in front of it has to support
 * asynchronous requests.
 *
 * <p>Any number of threads may use it.
 */
public final class GrpcWebFilter implements Filter {
  private final @Nullable GrpcWebServer server;
  private final @Nullable CorsPolicy cors;
  private String prefix = "";
  private @Nullable Deployment deployment;
  private @Nullable Door door;

  /**
   * Creates a filter that the container configures: with the server in the ServletContext attribute
   * {@link GrpcWebServlet#SERVER_ATTRIBUTE}, else with the services whose class names the
   * init-param {@code services} lists, separated by commas. The init-param {@code prefix} sets the
   * prefix, {@code allowedOrigins} the origins that may call, separated by commas.
   */
  public GrpcWebFilter() {
    server = null;
    cors = null;
  }

  /** Creates a filter for a server, with calls allowed from pages of the same origin. */
  public GrpcWebFilter(GrpcWebServer server) {
    this(server, CorsPolicy.sameOrigin());
  }

  /** Creates a filter for a server, with calls allowed from other origins. */
  public GrpcWebFilter(GrpcWebServer server, CorsPolicy cors) {
    this.server = Objects.requireNonNull(server, "server");
    this.cors = Objects.requireNonNull(cors, "cors");
  }

  /**
   * Sets what comes between the context path and a method's path; nothing by default. To be called
   * before the container initialises the filter.
   *
   * @param path as in {@code /api}: with a slash in front and none at the end
   * @return this
   */
  public GrpcWebFilter setPrefix(String path) {
    prefix = MethodPath.prefix(path);
    return this;
  }

  @Override
  public void init(FilterConfig config) throws ServletException {
    String path = config.getInitParameter("prefix");
    if (path != null) {
      setPrefix(path);
    }
    Deployment served =
        server == null
            ? Deployment.of(
                config.getServletContext(), config.getInitParameter("services"), "GrpcWebFilter")
            : new Deployment(server, false);
    CorsPolicy policy =
        cors == null ? Deployment.cors(config.getInitParameter("allowedOrigins")) : cors;
    deployment = served;
    door =
        new Door(
            served.server(), policy, Container.of(config.getServletContext()), Door.Strangers.PASS);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (door == null) {
      throw new IllegalStateException("the container has not initialised this filter");
    }
    boolean served =
        request.getDispatcherType() == DispatcherType.REQUEST
            && request instanceof HttpServletRequest httpRequest
            && response instanceof HttpServletResponse httpResponse
            && door.serve(httpRequest, httpResponse, prefix);
    if (!served) {
      chain.doFilter(request, response);
    }
  }

  /** Shuts the server down if the filter made it itself. */
  @Override
  public void destroy() {
    if (deployment != null) {
      deployment.destroy();
    }
    if (door != null) {
      door.close();
    }
  }
}

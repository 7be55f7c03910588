// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.GrpcWebServer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.MappingMatch;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers gRPC-Web and native gRPC calls on a path of its own, and refuses whatever else comes
 * there.
 *
 * <pre>{@code
 * GrpcWebServer grpc = GrpcWebServer.builder().addService(new ChatService()).build();
 * context.addServlet(new ServletHolder(new GrpcWebServlet(grpc)), "/api/*");
 * }</pre>
 *
 * <p>A method's path is exactly {@code package.Service/Method} below the mapping. The servlet, and
 * every filter in front of it, has to support asynchronous requests.
 *
 * <p>Any number of threads may use it.
 */
public final class GrpcWebServlet extends HttpServlet {
  /**
   * The ServletContext attribute from which a servlet or filter that the container constructs takes
   * its {@link GrpcWebServer}.
   */
  public static final String SERVER_ATTRIBUTE = "dev.grpcweb.GrpcWebServer";

  private static final long serialVersionUID = 1;

  private final transient @Nullable GrpcWebServer server;
  private final transient @Nullable CorsPolicy cors;
  private transient @Nullable Deployment deployment;
  private transient @Nullable Door door;

  /**
   * Creates a servlet that the container configures: with the server in the ServletContext
   * attribute {@link #SERVER_ATTRIBUTE}, else with the services whose class names the init-param
   * {@code services} lists, separated by commas. The init-param {@code allowedOrigins} sets the
   * origins that may call, separated by commas.
   */
  public GrpcWebServlet() {
    server = null;
    cors = null;
  }

  /** Creates a servlet for a server, with calls allowed from pages of the same origin. */
  public GrpcWebServlet(GrpcWebServer server) {
    this(server, CorsPolicy.sameOrigin());
  }

  /** Creates a servlet for a server, with calls allowed from other origins. */
  public GrpcWebServlet(GrpcWebServer server, CorsPolicy cors) {
    this.server = Objects.requireNonNull(server, "server");
    this.cors = Objects.requireNonNull(cors, "cors");
  }

  @Override
  public void init() throws ServletException {
    Deployment served =
        server == null
            ? Deployment.of(getServletContext(), getInitParameter("services"), "GrpcWebServlet")
            : new Deployment(server, false);
    CorsPolicy policy = cors == null ? Deployment.cors(getInitParameter("allowedOrigins")) : cors;
    deployment = served;
    door =
        new Door(served.server(), policy, Container.of(getServletContext()), Door.Strangers.REFUSE);
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException {
    if (door == null) {
      throw new IllegalStateException("the container has not initialised this servlet");
    }
    door.serve(request, response, prefix(request.getHttpServletMapping()));
  }

  /** Only a mapping like {@code /api/*} has a prefix of its own. */
  private static String prefix(HttpServletMapping mapping) {
    String pattern = mapping.getPattern();
    return mapping.getMappingMatch() == MappingMatch.PATH && pattern.endsWith("/*")
        ? pattern.substring(0, pattern.length() - 2)
        : "";
  }

  /** Shuts the server down if the servlet made it itself. */
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

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.GrpcWebServer;
import io.grpc.BindableService;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The server behind a door that the container constructed, as {@code web.xml} and annotations have
 * it.
 *
 * @param own whether the door made the server, and so has to shut it down
 */
record Deployment(GrpcWebServer server, boolean own) {
  private static final long SHUTDOWN_SECONDS = 5;

  /**
   * Takes the server from the context's attribute, else builds one.
   *
   * @param services class names of the services, separated by commas
   * @param door what is being configured, for the text of errors
   */
  static Deployment of(ServletContext context, @Nullable String services, String door)
      throws ServletException {
    Object attribute = context.getAttribute(GrpcWebServlet.SERVER_ATTRIBUTE);
    if (attribute instanceof GrpcWebServer server) {
      return new Deployment(server, false);
    }
    if (attribute != null) {
      throw new ServletException(
          "the ServletContext attribute "
              + GrpcWebServlet.SERVER_ATTRIBUTE
              + " is not a GrpcWebServer but a "
              + attribute.getClass().getName());
    }
    if (services == null || services.isBlank()) {
      throw new ServletException(
          door
              + " has no services: set the ServletContext attribute "
              + GrpcWebServlet.SERVER_ATTRIBUTE
              + " to a GrpcWebServer, or the init-param services to the class names of services,"
              + " separated by commas");
    }
    GrpcWebServer.Builder builder = GrpcWebServer.builder();
    for (String name : services.split(",", -1)) {
      if (!name.isBlank()) {
        builder.addService(service(context, name.trim()));
      }
    }
    return new Deployment(builder.build(), true);
  }

  private static BindableService service(ServletContext context, String name)
      throws ServletException {
    try {
      Class<?> type = Class.forName(name, true, loader(context));
      if (!BindableService.class.isAssignableFrom(type)) {
        throw new ServletException(
            "init-param services: " + name + " is not an io.grpc.BindableService");
      }
      return (BindableService) type.getConstructor().newInstance();
    } catch (ClassNotFoundException e) {
      throw new ServletException("init-param services: there is no class " + name, e);
    } catch (NoSuchMethodException e) {
      throw new ServletException(
          "init-param services: " + name + " has no public constructor without parameters", e);
    } catch (ReflectiveOperationException e) {
      throw new ServletException("init-param services: " + name + " cannot be constructed", e);
    }
  }

  private static ClassLoader loader(ServletContext context) {
    ClassLoader loader = context.getClassLoader();
    return loader == null ? Deployment.class.getClassLoader() : loader;
  }

  /** Returns the policy that allows these origins, separated by commas. */
  static CorsPolicy cors(@Nullable String origins) {
    if (origins == null || origins.isBlank()) {
      return CorsPolicy.sameOrigin();
    }
    return CorsPolicy.builder().allowOrigins(origins.trim().split("\\s*,\\s*", -1)).build();
  }

  /** Ends the calls of a server that the door made itself. */
  void destroy() {
    if (!own) {
      return;
    }
    server.shutdown();
    try {
      if (server.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.shutdownNow();
  }
}

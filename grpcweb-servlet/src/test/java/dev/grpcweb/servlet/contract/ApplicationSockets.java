// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An application around a door: knows its users by the field {@code X-User}, and has a socket of
 * its own, of the subprotocol {@code chat}, wherever the door passes a handshake on.
 */
final class ApplicationSockets implements Filter {
  private final Filter door;

  ApplicationSockets(Filter door) {
    this.door = door;
  }

  @Override
  public void init(FilterConfig config) throws ServletException {
    door.init(config);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    door.doFilter(new KnownUser((HttpServletRequest) request), response, ApplicationSockets::serve);
  }

  private static void serve(ServletRequest request, ServletResponse response)
      throws IOException, ServletException {
    ServerContainer container =
        (ServerContainer)
            request.getServletContext().getAttribute("jakarta.websocket.server.ServerContainer");
    ServerEndpointConfig config =
        ServerEndpointConfig.Builder.create(Greeting.class, "/")
            .subprotocols(List.of("chat"))
            .build();
    try {
      container.upgradeHttpToWebSocket(request, response, config, Map.of());
    } catch (DeploymentException e) {
      throw new ServletException(e);
    }
  }

  @Override
  public void destroy() {
    door.destroy();
  }

  private static final class KnownUser extends HttpServletRequestWrapper {
    private final @Nullable String user;

    KnownUser(HttpServletRequest request) {
      super(request);
      user = request.getHeader("X-User");
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
      String name = user;
      return name == null ? null : () -> name;
    }
  }

  /** Says who it is. */
  public static final class Greeting extends Endpoint {
    @Override
    public void onOpen(Session session, EndpointConfig config) {
      byte[] text = Format.ascii("the application");
      session.getAsyncRemote().sendBinary(ByteBuffer.wrap(text), result -> {});
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

import dev.grpcweb.transport.WebSocket;
import dev.grpcweb.transport.WebSocketInput;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Has the container accept a handshake: the endpoint and the subprotocol are what the door has
 * decided, and there are no extensions. One that compresses would inflate messages before anybody
 * could see how long they become, and gRPC has a compression of its own.
 */
public final class WebSocketUpgrade {
  private static final String CONTAINER = "jakarta.websocket.server.ServerContainer";

  private WebSocketUpgrade() {}

  /** Returns whether a container accepts handshakes here. */
  public static boolean isPossible(ServletContext context) {
    return context.getAttribute(CONTAINER) instanceof ServerContainer;
  }

  /**
   * Called from a container's thread, inside {@code service}. The request is not touched after the
   * return.
   *
   * @param subprotocol as the client wrote it
   * @param core what is told of the socket
   */
  public static void upgrade(
      HttpServletRequest request,
      HttpServletResponse response,
      String subprotocol,
      Function<WebSocket, WebSocketInput> core,
      SocketThreads threads)
      throws IOException {
    ServerContainer container =
        (ServerContainer) request.getServletContext().getAttribute(CONTAINER);
    ServerEndpointConfig config =
        ServerEndpointConfig.Builder.create(GrpcWebSocketEndpoint.class, "/")
            .subprotocols(List.of(subprotocol))
            .configurator(new Configurator(subprotocol, new GrpcWebSocketEndpoint(core, threads)))
            .build();
    try {
      container.upgradeHttpToWebSocket(request, response, config, Map.of());
    } catch (DeploymentException e) {
      throw new IllegalStateException("the container does not take the endpoint", e);
    }
  }

  /** Of one handshake. */
  private static final class Configurator extends ServerEndpointConfig.Configurator {
    private final String subprotocol;
    private final GrpcWebSocketEndpoint endpoint;

    Configurator(String subprotocol, GrpcWebSocketEndpoint endpoint) {
      this.subprotocol = subprotocol;
      this.endpoint = endpoint;
    }

    @Override
    public boolean checkOrigin(String origin) {
      // The door has, before the upgrade.
      return true;
    }

    @Override
    public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
      return subprotocol;
    }

    @Override
    public List<Extension> getNegotiatedExtensions(
        List<Extension> installed, List<Extension> requested) {
      return List.of();
    }

    @Override
    public <T> T getEndpointInstance(Class<T> type) {
      return type.cast(endpoint);
    }
  }
}

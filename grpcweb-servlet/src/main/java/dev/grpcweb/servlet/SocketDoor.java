// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.websocket.SocketThreads;
import dev.grpcweb.servlet.websocket.WebSocketUpgrade;
import dev.grpcweb.transport.RequestHead;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link Door} that takes WebSocket handshakes: tells which are its own, refuses
 * those that may not be, and has the container accept the others. Nothing of a call begins before.
 *
 * <p>The container's threads use it, any number of them.
 */
final class SocketDoor {
  private static final int UPGRADE_REQUIRED = 426;

  private final GrpcWebServer server;
  private final CorsPolicy cors;
  private final Door.Strangers strangers;
  private final SocketThreads threads = new SocketThreads();

  SocketDoor(GrpcWebServer server, CorsPolicy cors, Door.Strangers strangers) {
    this.server = server;
    this.cors = cors;
    this.strangers = strangers;
  }

  /** Lets no thread stay behind; to be called when the calls have ended. */
  void close() {
    threads.close();
  }

  /**
   * Answers a handshake.
   *
   * @return whether it was ours; if not, nothing was touched
   */
  boolean serve(
      HttpServletRequest request, HttpServletResponse response, String prefix, Handshake handshake)
      throws IOException {
    String path = MethodPath.ofSocket(request, prefix);
    if (path == null || !handshake.offersGrpc()) {
      return strangers == Door.Strangers.REFUSE
          && refuse(
              response,
              HttpServletResponse.SC_BAD_REQUEST,
              "sockets here are for gRPC: offer grpc-websockets or grpcweb.mux.v1 as subprotocol");
    }
    CorsGrant grant = CorsGrant.of(cors, request);
    if (grant.origin() != null && !grant.granted()) {
      return refuse(
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "this origin may not open a socket here: " + grant.origin());
    }
    String problem = handshake.problem();
    if (problem != null) {
      response.setHeader("Sec-WebSocket-Version", Handshake.VERSION);
      boolean version = problem.startsWith("sec-websocket-version");
      return refuse(
          response, version ? UPGRADE_REQUIRED : HttpServletResponse.SC_BAD_REQUEST, problem);
    }
    String subprotocol =
        path.isEmpty() || MethodPath.isMethod(path)
            ? server.webSocketProtocol(handshake.subprotocols(), path)
            : null;
    if (subprotocol == null) {
      return refuse(
          response,
          HttpServletResponse.SC_NOT_FOUND,
          "no socket has this path and subprotocol: grpc-websockets is at the path of a method,"
              + " /package.Service/Method, grpcweb.mux.v1 at the path above, if the server takes"
              + " them");
    }
    return accept(request, response, path, subprotocol);
  }

  private boolean accept(
      HttpServletRequest request, HttpServletResponse response, String path, String subprotocol)
      throws IOException {
    if (!isSupported(request.getServletContext())) {
      return refuse(
          response,
          HttpServletResponse.SC_NOT_IMPLEMENTED,
          "this web application has no WebSocket support: see the set-up of the container");
    }
    if (!server.takesWebSockets()) {
      return refuse(
          response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "the server takes no more sockets");
    }
    RequestHead head = ServletHeads.head(request, path, ServletHeads.headers(request));
    WebSocketUpgrade.upgrade(
        request, response, subprotocol, socket -> server.open(head, subprotocol, socket), threads);
    return true;
  }

  /** Where the container brings no such classes, ours that need them are not loaded either. */
  private static boolean isSupported(ServletContext context) {
    try {
      return WebSocketUpgrade.isPossible(context);
    } catch (LinkageError missing) {
      return false;
    }
  }

  private static boolean refuse(HttpServletResponse response, int status, @Nullable String text)
      throws IOException {
    response.setStatus(status);
    // What the client sent is in here; no browser is to take it for anything but text.
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setContentType("text/plain;charset=utf-8");
    response.getOutputStream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import dev.grpcweb.transport.ResponseHead;
import io.grpc.Status;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a filter and a servlet have in common: tells calls from other requests and opens them.
 *
 * <p>The container's threads use it, any number of them.
 */
final class Door {
  /** What becomes of requests that have nothing to do with gRPC. */
  enum Strangers {
    /** They are somebody else's. */
    PASS,
    /** They are refused. */
    REFUSE
  }

  private static final String TEXT = "text/plain;charset=utf-8";
  private static final int UPGRADE_REQUIRED = 426;

  private final GrpcWebServer server;
  private final CorsPolicy cors;
  private final Container container;
  private final Strangers strangers;
  private final ServletTimer timer = new ServletTimer();
  private final SocketDoor sockets;

  Door(GrpcWebServer server, CorsPolicy cors, Container container, Strangers strangers) {
    this.server = server;
    this.cors = cors;
    this.container = container;
    this.strangers = strangers;
    this.sockets = new SocketDoor(server, cors, strangers);
  }

  /** Lets no thread stay behind; to be called when the calls have ended. */
  void close() {
    timer.close();
    sockets.close();
  }

  /**
   * Answers a request, or opens a call that will.
   *
   * @return whether the request was ours; if not, nothing was touched
   */
  boolean serve(HttpServletRequest request, HttpServletResponse response, String prefix)
      throws IOException, ServletException {
    try {
      return answer(request, response, prefix);
    } catch (RuntimeException e) {
      ServletSink.logFault(e);
      internalError(response);
      return true;
    }
  }

  /** A container would show an exception's text to the client. */
  private static void internalError(HttpServletResponse response) {
    try {
      response.reset();
      response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
    } catch (IllegalStateException committed) {
      // What was sent stays as it is.
    }
  }

  private boolean answer(HttpServletRequest request, HttpServletResponse response, String prefix)
      throws IOException, ServletException {
    Handshake handshake = Handshake.of(request);
    if (handshake != null) {
      return sockets.serve(request, response, prefix, handshake);
    }
    String path = MethodPath.below(request, prefix);
    boolean registered = path != null && MethodPath.isMethod(path) && server.hasMethod(path);
    CorsGrant grant = CorsGrant.of(cors, request);
    Answer answer = new Answer(request, response, container, grant, timer);
    if (isPreflight(request)) {
      return preflight(request, answer, registered, path != null);
    }
    boolean grpc = GrpcWebServer.isGrpcContentType(contentType(request));
    if (path == null || !(registered || grpc || isBypass(request))) {
      return strangers == Strangers.REFUSE && answer.notFound();
    }
    if (!request.getMethod().equals("POST")) {
      return answer.wrongVerb(request.getMethod(), path);
    }
    Headers headers = ServletHeads.headers(request);
    if (isBypass(request)) {
      if (!grant.granted()) {
        return answer.deniedOrigin();
      }
      try {
        headers = PreflightBypass.merge(headers, request.getQueryString());
      } catch (IllegalArgumentException e) {
        return answer.badRequest(String.valueOf(e.getMessage()));
      }
    }
    return call(request, answer, path, headers);
  }

  private boolean call(HttpServletRequest request, Answer answer, String path, Headers headers)
      throws IOException, ServletException {
    String contentType = headers.get("content-type");
    if (request.getProtocol().startsWith("HTTP/1") && MediaTypes.isNativeGrpc(contentType)) {
      return answer.upgradeRequired();
    }
    if (contentType == null || !GrpcWebServer.supportsContentType(contentType)) {
      return answer.unsupportedType(contentType);
    }
    open(request, answer.response(), ServletHeads.head(request, path, headers), answer.grant());
    return true;
  }

  private void open(
      HttpServletRequest request, HttpServletResponse response, RequestHead head, CorsGrant grant)
      throws IOException, ServletException {
    if (!request.isAsyncSupported()) {
      throw new ServletException(
          "gRPC-Web needs asynchronous requests: set async-supported to true for this servlet or"
              + " filter and for every filter in front of it (<async-supported>true"
              + "</async-supported>, @WebServlet(asyncSupported = true), setAsyncSupported(true))");
    }
    ServletExchange exchange = new ServletExchange(request, response, container, grant, timer);
    ExchangeInput input = server.open(head, exchange);
    exchange.start(input);
  }

  /** As the client has sent it: Jetty's own getter throws where nobody knows the charset. */
  private static @Nullable String contentType(HttpServletRequest request) {
    return request.getHeader("content-type");
  }

  /** A browser asks before it sends a call from a page of another origin. */
  private static boolean isPreflight(HttpServletRequest request) {
    return request.getMethod().equals("OPTIONS")
        && request.getHeader("origin") != null
        && request.getHeader("access-control-request-method") != null;
  }

  private boolean preflight(
      HttpServletRequest request, Answer answer, boolean registered, boolean below)
      throws IOException {
    String asked = request.getHeader("access-control-request-headers");
    // Only a gRPC-Web client asks for this name; so it gets to see that a method is unknown.
    boolean client =
        below && asked != null && asked.toLowerCase(Locale.ROOT).contains("x-grpc-web");
    if (!registered && !client && strangers == Strangers.PASS) {
      return false;
    }
    return answer.preflight(asked);
  }

  private boolean isBypass(HttpServletRequest request) {
    return cors.allowsPreflightBypass()
        && request.getMethod().equals("POST")
        && MediaTypes.needsNoPreflight(contentType(request))
        && PreflightBypass.isIn(request.getQueryString());
  }

  /** Short answers in plain text, for people who look at a network log. Each returns true. */
  private record Answer(
      HttpServletRequest request,
      HttpServletResponse response,
      Container container,
      CorsGrant grant,
      ServletTimer timer) {
    boolean preflight(@Nullable String asked) throws IOException {
      grant.applyPreflight(response, asked);
      if (!grant.granted()) {
        return deniedOrigin();
      }
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      return true;
    }

    boolean notFound() throws IOException {
      return refusal(
          HttpServletResponse.SC_NOT_FOUND,
          Status.Code.UNIMPLEMENTED,
          "no gRPC method has this path");
    }

    boolean wrongVerb(String verb, String path) throws IOException {
      response.setHeader("Allow", "POST, OPTIONS");
      if (verb.equals("OPTIONS")) {
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        grant.apply(response);
        return true;
      }
      return refusal(
          HttpServletResponse.SC_METHOD_NOT_ALLOWED,
          Status.Code.INTERNAL,
          "/" + path + " is a gRPC method: call it by POST with a gRPC or gRPC-Web client");
    }

    boolean unsupportedType(@Nullable String contentType) throws IOException {
      return refusal(
          HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE,
          Status.Code.INTERNAL,
          "this gRPC method takes application/grpc, application/grpc-web or"
              + " application/grpc-web-text, but the request's content type is "
              + (contentType == null ? "missing" : contentType));
    }

    boolean deniedOrigin() throws IOException {
      return refusal(
          HttpServletResponse.SC_FORBIDDEN,
          Status.Code.PERMISSION_DENIED,
          "this origin may not call here: "
              + (grant.origin() == null ? "(none given)" : grant.origin()));
    }

    boolean badRequest(String problem) throws IOException {
      return refusal(HttpServletResponse.SC_BAD_REQUEST, Status.Code.INTERNAL, problem);
    }

    boolean upgradeRequired() throws IOException {
      String text = "native gRPC needs HTTP/2; over HTTP/1.1 use gRPC-Web";
      response.setHeader("Upgrade", "h2c");
      response.setHeader("grpc-message", text);
      return refusal(UPGRADE_REQUIRED, Status.Code.UNIMPLEMENTED, text);
    }

    /** A native client reads the status, people read the text. */
    private boolean refusal(int httpStatus, Status.Code code, String text) throws IOException {
      if (MediaTypes.isNativeGrpc(contentType(request))) {
        response.setHeader("grpc-status", Integer.toString(code.value()));
      }
      return text(httpStatus, text);
    }

    private boolean text(int status, String text) throws IOException {
      // What the client sent is in here; no browser is to take it for anything but text.
      response.setHeader("X-Content-Type-Options", "nosniff");
      String line = text + "\n";
      if (ServletSource.hasBody(request, container) && request.isAsyncSupported()) {
        // A container closes the connection over a body that nobody has read, or harms it.
        ServletExchange exchange = new ServletExchange(request, response, container, grant, timer);
        Headers head = new Headers().add("content-type", TEXT);
        exchange.start(new TextAnswer(exchange, new ResponseHead(status, head), line));
      } else {
        response.setStatus(status);
        response.setContentType(TEXT);
        grant.apply(response);
        response.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
      }
      return true;
    }
  }
}

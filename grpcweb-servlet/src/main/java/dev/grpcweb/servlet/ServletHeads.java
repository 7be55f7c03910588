// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Attributes;
import io.grpc.Grpc;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.Principal;
import java.util.Collections;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Copies what a call is opened with off a servlet request. Asks no name server. */
final class ServletHeads {
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

  private static final Pattern IPV6 = Pattern.compile("\\[?[0-9a-fA-F:][^\\]\\s]*:[^\\]\\s]*\\]?");

  private ServletHeads() {}

  static RequestHead head(HttpServletRequest request, String fullMethodName, Headers headers) {
    return new RequestHead(
        fullMethodName, headers, authority(request), request.isSecure(), attributes(request));
  }

  static Headers headers(HttpServletRequest request) {
    Headers headers = new Headers();
    for (String name : Collections.list(request.getHeaderNames())) {
      if (!name.startsWith(":")) {
        for (String value : Collections.list(request.getHeaders(name))) {
          headers.add(name, value);
        }
      }
    }
    return headers;
  }

  /** Returns what the client named as the server, with the port if it named one. */
  static String authority(HttpServletRequest request) {
    String host = request.getHeader("host");
    if (host == null) {
      host = request.getHeader(":authority");
    }
    if (host != null) {
      return host;
    }
    String name = request.getServerName();
    int port = request.getServerPort();
    int standard = request.isSecure() ? 443 : 80;
    return port <= 0 || port == standard ? name : name + ":" + port;
  }

  private static Attributes attributes(HttpServletRequest request) {
    Attributes.Builder attributes = Attributes.newBuilder();
    InetSocketAddress remote = address(request.getRemoteAddr(), request.getRemotePort());
    if (remote != null) {
      attributes.set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, remote);
    }
    InetSocketAddress local = address(request.getLocalAddr(), request.getLocalPort());
    if (local != null) {
      attributes.set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, local);
    }
    Principal user = request.getUserPrincipal();
    if (user != null) {
      attributes.set(ServletAttributes.USER_PRINCIPAL, user);
    }
    if (request.isSecure()) {
      attributes.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, ServletSslSession.of(request));
    }
    return attributes.build();
  }

  /**
   * Returns the address, or null if there is none. A proxy in front may have said anything at all,
   * so only what is an address in numbers is resolved: for that no name server is asked.
   */
  static @Nullable InetSocketAddress address(@Nullable String host, int port) {
    if (host == null || host.isEmpty()) {
      return null;
    }
    int valid = port < 0 || port > 0xffff ? 0 : port;
    if (IPV4.matcher(host).matches() || IPV6.matcher(host).matches()) {
      try {
        return new InetSocketAddress(InetAddress.getByName(host), valid);
      } catch (UnknownHostException e) {
        return InetSocketAddress.createUnresolved(host, valid);
      }
    }
    return InetSocketAddress.createUnresolved(host, valid);
  }
}

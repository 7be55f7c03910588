// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.clients;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;

/**
 * Adds a header that tells how a request came: the version of HTTP, and the method. The policy lets
 * it pass from a handshake to its calls, whose clients get it back by {@link MetadataEcho}, and so
 * know what carries their socket.
 */
final class HandshakeEcho implements Filter {
  static final String HEADER = "echo-handshake";

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(new Told((HttpServletRequest) request), response);
  }

  private static final class Told extends HttpServletRequestWrapper {
    private final String handshake;

    Told(HttpServletRequest request) {
      super(request);
      handshake = request.getProtocol() + " " + request.getMethod();
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      return HEADER.equalsIgnoreCase(name)
          ? Collections.enumeration(Collections.singleton(handshake))
          : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
      var names = Collections.list(super.getHeaderNames());
      names.add(HEADER);
      return Collections.enumeration(names);
    }
  }
}

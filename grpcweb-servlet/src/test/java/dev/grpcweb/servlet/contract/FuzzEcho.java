// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Has every answer name the input that it is for. */
final class FuzzEcho extends HttpFilter {
  /** The field of request and response that has the input's name. */
  static final String NAME = "fuzz-input";

  private static final long serialVersionUID = 1;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String input = request.getHeader(NAME);
    if (input != null) {
      response.setHeader(NAME, input);
    }
    chain.doFilter(request, response);
  }
}

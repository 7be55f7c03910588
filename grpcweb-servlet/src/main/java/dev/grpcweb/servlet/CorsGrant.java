// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * What a policy says of one request; holds nothing of the request itself.
 *
 * @param origin that the request came from, or null if it does not say
 * @param granted whether that origin may read the answer
 */
record CorsGrant(CorsPolicy policy, @Nullable String origin, boolean granted) {

  static CorsGrant of(CorsPolicy policy, HttpServletRequest request) {
    String origin = request.getHeader("origin");
    boolean granted = origin != null && policy.admits(origin, ServletHeads.authority(request));
    return new CorsGrant(policy, origin, granted);
  }

  /** Adds what a browser needs to hand the answer, whose other headers are set, to its page. */
  void apply(HttpServletResponse response) {
    if (origin == null) {
      return;
    }
    response.addHeader("Vary", "Origin");
    if (granted && !response.containsHeader("Access-Control-Allow-Origin")) {
      policy.answer(origin, response.getHeaderNames()).forEach(response::setHeader);
    }
  }

  /** Adds what a browser needs to send the call it asks for. */
  void applyPreflight(HttpServletResponse response, @Nullable String requestedHeaders) {
    response.addHeader("Vary", "Origin");
    response.addHeader("Vary", "Access-Control-Request-Method");
    response.addHeader("Vary", "Access-Control-Request-Headers");
    if (granted && origin != null) {
      policy.preflight(origin, requestedHeaders).forEach(response::setHeader);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import jakarta.servlet.ServletContext;
import java.util.Locale;

/** The containers whose habits differ where the servlet specification says nothing. */
enum Container {
  /**
   * Never completes after a listener's {@code onError}; {@code sendError(-1)} breaks a response
   * off. Serves the next request of a connection with the objects of one that was completed, and
   * makes a read callback that was still under way to the wrong one of them.
   */
  JETTY,
  /** Completes a failed exchange by itself; a call to {@code complete} then throws. */
  TOMCAT,
  /**
   * Forgets a flush while a frame is in flight, without saying so by readiness; a response buffer
   * of one byte leaves nothing to be forgotten. Completion before the request has been read blocks
   * a thread until it is, or resets the stream.
   */
  UNDERTOW,
  /** Taken to be like Jetty, apart from {@code sendError(-1)}. */
  OTHER;

  /**
   * Returns whether an HTTP/2 response without a body is one frame, a head that ends the stream.
   * Where that is not known to be so, a head and trailers are sent, which any client understands.
   */
  boolean endsWithHead() {
    return this == JETTY;
  }

  static Container of(ServletContext context) {
    String info = context.getServerInfo();
    String name = info == null ? "" : info.toLowerCase(Locale.ROOT);
    if (name.contains("jetty")) {
      return JETTY;
    }
    if (name.contains("tomcat")) {
      return TOMCAT;
    }
    if (name.contains("undertow") || name.contains("wildfly") || name.contains("jboss")) {
      return UNDERTOW;
    }
    return OTHER;
  }
}

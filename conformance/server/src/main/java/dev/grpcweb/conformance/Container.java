// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import dev.grpcweb.GrpcWebServer;
import java.security.KeyStore;
import org.jspecify.annotations.Nullable;

/**
 * An embedded servlet container. Jetty is here; a module that brings another one names it as a
 * service, and has no Jetty on its class path.
 */
public interface Container {
  /**
   * Starts to serve on one free port of {@code 127.0.0.1}, which takes HTTP/1.1 and HTTP/2: both
   * with prior knowledge, or both by ALPN over TLS. Its limits are such that a hundred calls at
   * once over one connection are no attack.
   *
   * @return the port
   */
  int start(GrpcWebServer grpc, Door door, Tls tls) throws Exception;

  /** The ways by which a web application lets the library in. */
  enum Door {
    /** {@code GrpcWebFilter} for all paths. */
    FILTER,
    /** {@code GrpcWebServlet} for all paths. */
    SERVLET
  }

  /**
   * Whether connections are secure.
   *
   * @param keys a key and its certificate, without a password; null for plain connections
   * @param trusted the certificates of which a client has to have one; null if it needs none
   */
  record Tls(@Nullable KeyStore keys, @Nullable KeyStore trusted) {}
}

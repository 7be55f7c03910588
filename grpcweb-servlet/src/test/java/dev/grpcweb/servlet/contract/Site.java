// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import java.util.Set;

/**
 * A container that serves, on the loopback interface. A plain port takes HTTP/1.1 and HTTP/2 with
 * prior knowledge, another one TLS with both of them by ALPN and, if the client wants, its
 * certificate. Heads of 16 KiB are taken.
 */
public interface Site extends AutoCloseable {
  int port();

  int tlsPort();

  /** Returns whether no thread of the container is inside a request. */
  boolean isAtRest();

  /** Returns what the container cannot do. */
  default Set<Limit> limits() {
    return Set.of();
  }

  @Override
  void close();

  /** Where the services are: behind a filter, or behind a servlet of their own. */
  enum Mount {
    FILTER("", ""),
    SERVLET("/app", "/api");

    private final String contextPath;
    private final String mapping;

    Mount(String contextPath, String mapping) {
      this.contextPath = contextPath;
      this.mapping = mapping;
    }

    public String contextPath() {
      return contextPath;
    }

    /** Returns what comes between the context path and a method's path. */
    public String mapping() {
      return mapping;
    }

    String prefix() {
      return contextPath + mapping;
    }
  }

  /** Starts a container. */
  interface Starter {
    Site start(GrpcWebServer server, CorsPolicy cors, Mount mount);
  }
}

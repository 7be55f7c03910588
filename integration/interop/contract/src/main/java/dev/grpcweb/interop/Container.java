// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import dev.grpcweb.GrpcWebServer;

/**
 * A servlet container that serves on the loopback interface, HTTP/1.1 and HTTP/2 with prior
 * knowledge on one plain port.
 */
public interface Container extends AutoCloseable {
  int port();

  @Override
  void close();

  /** Starts a container that has this server at its root. */
  interface Starter {
    Container start(GrpcWebServer server);
  }
}

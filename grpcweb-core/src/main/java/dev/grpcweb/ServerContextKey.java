// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb;

import io.grpc.Context;
import io.grpc.InternalServer;
import io.grpc.Server;

/**
 * The one use of an internal class of gRPC: its reflection service finds its server under this key
 * of the call's context, and keys are compared by identity.
 */
final class ServerContextKey {
  private ServerContextKey() {}

  /** Returns the root of the contexts of this server's calls. */
  static Context rootContext(Server server) {
    return Context.ROOT.fork().withValue(InternalServer.SERVER_CONTEXT_KEY, server);
  }
}

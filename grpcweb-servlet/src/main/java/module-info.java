// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** gRPC-Web and native gRPC from any Jakarta Servlet container. */
@NullMarked
module dev.grpcweb.servlet {
  requires transitive dev.grpcweb.core;
  requires transitive io.grpc;
  requires transitive jakarta.servlet;
  requires static jakarta.websocket;
  requires static transitive org.jspecify;

  exports dev.grpcweb.servlet;
}

// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * gRPC-Web and native gRPC for any transport; {@code wire} and {@code call} are not for others to
 * build on.
 */
@NullMarked
module dev.grpcweb.core {
  requires transitive io.grpc;
  requires static transitive org.jspecify;

  exports dev.grpcweb;
  exports dev.grpcweb.transport;
}

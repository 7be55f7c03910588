// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.transport;

import io.grpc.Attributes;
import java.util.Objects;

/**
 * What a call is opened with, copied off the container's request: nothing here refers to the
 * request, which a container may recycle at any time.
 *
 * @param fullMethodName {@code package.Service/Method}, without a leading slash
 * @param headers all request header fields, pseudo headers excluded
 * @param authority the {@code Host} or {@code :authority} the client named
 * @param secure whether the client's connection is private, as TLS is
 * @param attributes of the connection: {@code io.grpc.Grpc.TRANSPORT_ATTR_*} where they are known
 */
public record RequestHead(
    String fullMethodName,
    Headers headers,
    String authority,
    boolean secure,
    Attributes attributes) {

  /** Checks that nothing is null. */
  public RequestHead {
    Objects.requireNonNull(fullMethodName, "fullMethodName");
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(authority, "authority");
    Objects.requireNonNull(attributes, "attributes");
  }
}

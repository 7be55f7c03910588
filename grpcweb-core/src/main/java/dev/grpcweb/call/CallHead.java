// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.Attributes;
import io.grpc.Metadata;
import java.util.Set;

/**
 * What the wire has understood of a request's head.
 *
 * @param fullMethodName {@code package.Service/Method}
 * @param metadata the request's headers
 * @param timeoutNanos what {@code grpc-timeout} grants, or {@link #NO_TIMEOUT}
 * @param acceptedEncodings the message encodings the client can read
 * @param authority the {@code Host} or {@code :authority} the client named
 * @param secure whether the connection is private
 * @param attributes of the connection
 */
public record CallHead(
    String fullMethodName,
    Metadata metadata,
    long timeoutNanos,
    Set<String> acceptedEncodings,
    String authority,
    boolean secure,
    Attributes attributes) {
  /** The client set no deadline. */
  public static final long NO_TIMEOUT = Long.MAX_VALUE;
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
 * @param fault why there can be no call; null if there can be one
 */
public record CallHead(
    String fullMethodName,
    Metadata metadata,
    long timeoutNanos,
    Set<String> acceptedEncodings,
    String authority,
    boolean secure,
    Attributes attributes,
    @Nullable Status fault) {
  /** The client set no deadline. */
  public static final long NO_TIMEOUT = Long.MAX_VALUE;

  /** Returns this head as it came over a transport, with its attributes and its fault. */
  CallHead over(CallTransport transport) {
    return new CallHead(
        fullMethodName,
        metadata,
        timeoutNanos,
        acceptedEncodings,
        authority,
        secure,
        transport.attributes(),
        fault == null ? transport.fault() : fault);
  }
}

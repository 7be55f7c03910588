// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.transport;

import java.util.Objects;

/**
 * What a response begins with.
 *
 * @param status the HTTP status code
 * @param headers the header fields, {@code content-type} among them; a container must add no
 *     parameter to it
 */
public record ResponseHead(int status, Headers headers) {

  /** Checks that nothing is null. */
  public ResponseHead {
    Objects.requireNonNull(headers, "headers");
  }
}

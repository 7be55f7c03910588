// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.transport;

import java.util.Objects;

/**
 * What a response begins with, and whether there is more behind its body.
 *
 * @param status the HTTP status code
 * @param headers the header fields, {@code content-type} among them; a container must add no
 *     parameter to it
 * @param hasTrailers whether {@link Exchange#end} brings fields of HTTP that follow the body; a
 *     container may have to know before the first byte
 */
public record ResponseHead(int status, Headers headers, boolean hasTrailers) {

  /** Checks that nothing is null. */
  public ResponseHead {
    Objects.requireNonNull(headers, "headers");
  }

  /** Creates the head of a response that ends with its body. */
  public ResponseHead(int status, Headers headers) {
    this(status, headers, false);
  }
}

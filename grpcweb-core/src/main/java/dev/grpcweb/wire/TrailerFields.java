// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Headers;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * What a call ends with, as header fields: the same in a trailers frame, in trailers of HTTP and in
 * the head of a response that has nothing else.
 *
 * <p>Without state.
 */
final class TrailerFields {
  private TrailerFields() {}

  /** Returns the status first, then the metadata without what it says about the status. */
  static Headers of(Status status, Metadata trailers) {
    Headers fields = new Headers();
    fields.add("grpc-status", Integer.toString(status.getCode().value()));
    String message = status.getDescription();
    if (message != null && !message.isEmpty()) {
      fields.add("grpc-message", StatusText.encodeMessage(message));
    }
    MetadataText.write(trailers, fields::add);
    return fields;
  }
}

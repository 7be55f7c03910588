// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import java.util.Set;

/**
 * What a WebSocket was opened with, and what its calls have of it.
 *
 * @param head with those of the handshake's fields that calls may see
 */
record Handshake(RequestHead head) {
  /** Returns a handshake with these of its fields, whose names are in lower case. */
  static Handshake of(RequestHead received, Set<String> names) {
    Headers kept = new Headers();
    received
        .headers()
        .forEach(
            (name, value) -> {
              if (names.contains(name)) {
                kept.add(name, value);
              }
            });
    return new Handshake(with(received, received.fullMethodName(), kept));
  }

  /** Returns the head of a call, whose own fields go before those of the handshake. */
  RequestHead call(String fullMethodName, Headers own) {
    Headers all = new Headers();
    head.headers()
        .forEach(
            (name, value) -> {
              if (own.get(name) == null) {
                all.add(name, value);
              }
            });
    own.forEach(all::add);
    return with(head, fullMethodName, all);
  }

  private static RequestHead with(RequestHead head, String fullMethodName, Headers headers) {
    return new RequestHead(
        fullMethodName, headers, head.authority(), head.secure(), head.attributes());
  }
}

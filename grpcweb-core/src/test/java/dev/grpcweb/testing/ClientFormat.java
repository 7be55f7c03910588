// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;

/** How a client speaks: what differs between the formats that carry a call over one exchange. */
public interface ClientFormat {
  /** Opens the call; what it returns is told what the exchange reports. */
  default ExchangeInput connect(
      GrpcWebServer server, RequestHead call, RecordingExchange exchange) {
    return server.open(call, exchange);
  }

  /** Returns the header fields that choose the format. */
  Headers requestHeaders();

  /** Returns the request's body, or a part of it that ends with a frame. */
  byte[] encode(byte[] frames);

  /**
   * Reads a response, or a part of it that ends with a burst.
   *
   * @param trailers fields of HTTP that followed the body
   */
  Reply reply(Headers head, byte[] body, Headers trailers);

  /** Returns the response's content type. */
  String responseType();
}

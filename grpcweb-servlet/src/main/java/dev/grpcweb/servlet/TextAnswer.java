// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import java.nio.charset.StandardCharsets;

/**
 * Answers a request that opens no call, whatever its body is; the exchange throws that away, so
 * that the connection stays usable.
 */
record TextAnswer(Exchange exchange, ResponseHead head, String text) implements ExchangeInput {
  @Override
  public void opened() {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.begin(head);
    exchange.write(body, 0, body.length);
    exchange.end(new Headers());
  }

  @Override
  public void received(byte[] bytes, int offset, int length) {}

  @Override
  public void receivedEnd() {}

  @Override
  public void writable() {}

  @Override
  public void completed() {}

  @Override
  public void disconnected(Throwable cause) {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.transport.Headers;

/** A client's side of one call. */
public final class ClientCall {
  private final ClientFormat format;
  private final RecordingExchange exchange;

  ClientCall(ClientFormat format, RecordingExchange exchange) {
    this.format = format;
    this.exchange = exchange;
  }

  public RecordingExchange exchange() {
    return exchange;
  }

  /** Sends each message on its own. */
  public ClientCall send(String... messages) {
    for (String message : messages) {
      sendBytes(Frames.messages(message));
    }
    return this;
  }

  /** Sends frames, whole or not, in one chunk. */
  public ClientCall sendBytes(byte[] frames) {
    exchange.receive(format.encode(frames));
    return this;
  }

  /** Sends the messages in one chunk, which waits until the exchange is asked. */
  public ClientCall offer(String... messages) {
    exchange.offer(format.encode(Frames.messages(messages)));
    return this;
  }

  /** Sends no more. */
  public ClientCall halfClose() {
    exchange.receiveEnd();
    return this;
  }

  /** Sends one message, ends the request and waits for the answer. */
  public Reply unary(String message) throws InterruptedException {
    return send(message).halfClose().await();
  }

  /** Waits until the response has ended. */
  public Reply await() throws InterruptedException {
    exchange.awaitBody();
    return soFar();
  }

  /** Returns what has left so far, which may be nothing. */
  public Reply soFar() {
    if (!exchange.hasBegun()) {
      return Reply.parse(new Headers(), new byte[0]);
    }
    return format.reply(exchange.head().headers(), exchange.body(), exchange.trailers());
  }
}

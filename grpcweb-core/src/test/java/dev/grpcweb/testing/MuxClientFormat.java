// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;

/** A client whose calls are messages of a WebSocket that could carry more of them. */
public enum MuxClientFormat implements ClientFormat {
  /** With the credit of the table. */
  WIDE(64 * 1024),
  /** With little credit, so that much of what the server sends waits for more. */
  NARROW(4000);

  private final int credit;

  MuxClientFormat(int credit) {
    this.credit = credit;
  }

  @Override
  public ExchangeInput connect(GrpcWebServer server, RequestHead call, RecordingExchange exchange) {
    return new MuxBridge(server, call, exchange, credit);
  }

  @Override
  public Headers requestHeaders() {
    return new Headers();
  }

  @Override
  public byte[] encode(byte[] frames) {
    return frames;
  }

  @Override
  public Reply reply(Headers head, byte[] body, Headers trailers) {
    return new Reply(head, Frames.parse(body), trailers);
  }

  @Override
  public String responseType() {
    return "application/grpc+proto";
  }
}

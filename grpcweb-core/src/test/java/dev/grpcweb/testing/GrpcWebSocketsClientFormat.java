// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;

/** A client with a WebSocket for each call. */
public enum GrpcWebSocketsClientFormat implements ClientFormat {
  INSTANCE;

  @Override
  public ExchangeInput connect(GrpcWebServer server, RequestHead call, RecordingExchange exchange) {
    return new CallSocketBridge(server, call, exchange);
  }

  @Override
  public Headers requestHeaders() {
    return new Headers().add("content-type", responseType()).add("x-grpc-web", "1");
  }

  @Override
  public byte[] encode(byte[] frames) {
    return frames;
  }

  @Override
  public Reply reply(Headers head, byte[] body, Headers trailers) {
    return Reply.parse(head, body);
  }

  @Override
  public String responseType() {
    return "application/grpc-web+proto";
  }
}

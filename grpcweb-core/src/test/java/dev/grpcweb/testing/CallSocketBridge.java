// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import dev.grpcweb.transport.ResponseHead;
import dev.grpcweb.transport.WebSocket;
import dev.grpcweb.transport.WebSocketInput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * A client of {@code grpc-websockets} that shows its call as a {@link RecordingExchange}: a strict
 * one, which reads a prefix, then a payload, then a prefix, and knows that the first frame is the
 * head.
 */
final class CallSocketBridge implements WebSocket, ExchangeInput {
  private static final int PREFIX_LENGTH = 5;

  private final RequestHead call;
  private final RecordingExchange exchange;
  private final WebSocketInput input;

  /** Of the frame that has come half. Guarded by this. */
  private byte[] prefix = {};

  /** Guarded by this. */
  private boolean headCame;

  /** Guarded by this. */
  private boolean closing;

  CallSocketBridge(GrpcWebServer server, RequestHead call, RecordingExchange exchange) {
    this.call = call;
    this.exchange = exchange;
    RequestHead handshake =
        new RequestHead(
            call.fullMethodName(),
            new Headers().add("origin", "https://example.org").add("cookie", "secret"),
            call.authority(),
            call.secure(),
            call.attributes());
    this.input = server.open(handshake, "grpc-websockets", this);
  }

  /** The exchange is connected: the socket is open, and the client sends its header block. */
  @Override
  public void opened() {
    input.opened();
    StringBuilder block = new StringBuilder();
    call.headers()
        .forEach((name, value) -> block.append(name).append(": ").append(value).append("\r\n"));
    byte[] bytes = block.toString().getBytes(StandardCharsets.US_ASCII);
    input.received(bytes, 0, bytes.length, true);
    exchange.resumeReading();
  }

  @Override
  public void received(byte[] bytes, int offset, int length) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(0x00);
    message.write(bytes, offset, length);
    input.received(message.toByteArray(), 0, length + 1, true);
    exchange.resumeReading();
  }

  @Override
  public void receivedEnd() {
    input.received(new byte[] {0x01}, 0, 1, true);
  }

  @Override
  public void writable() {
    input.writable();
  }

  /** The client has read everything up to the close. Not told from inside the close. */
  @Override
  public void completed() {
    CompletableFuture<Void> unused =
        CompletableFuture.runAsync(() -> input.closed(new IOException("closed: 1000")));
  }

  @Override
  public void disconnected(Throwable cause) {
    input.closed(cause);
  }

  @Override
  public void send(byte[] bytes, int offset, int length) {
    byte[] message = Arrays.copyOfRange(bytes, offset, offset + length);
    byte[] frame;
    boolean isHead;
    synchronized (this) {
      if (prefix.length == 0) {
        if (length != PREFIX_LENGTH) {
          throw new AssertionError("expected a prefix of 5 bytes, got " + Hex.of(message));
        }
        prefix = message;
        return;
      }
      ByteArrayOutputStream both = new ByteArrayOutputStream();
      both.writeBytes(prefix);
      both.writeBytes(message);
      frame = both.toByteArray();
      prefix = new byte[0];
      isHead = !headCame;
      headCame = true;
    }
    if (isHead) {
      exchange.begin(new ResponseHead(200, Reply.parse(new Headers(), frame).trailers()));
    } else {
      exchange.write(frame, 0, frame.length);
    }
    exchange.flush();
  }

  @Override
  public void ping() {
    throw new AssertionError("a ping before its time");
  }

  @Override
  public void close(int code, String reason) {
    synchronized (this) {
      closing = true;
    }
    if (code == 1000) {
      exchange.end(new Headers());
    } else {
      exchange.abort();
    }
  }

  @Override
  public void abort() {
    exchange.abort();
  }

  @Override
  public boolean isWritable() {
    synchronized (this) {
      if (closing) {
        return false;
      }
    }
    return exchange.isWritable();
  }

  @Override
  public long queuedBytes() {
    return exchange.queuedBytes();
  }
}

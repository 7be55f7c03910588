// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import dev.grpcweb.transport.ResponseHead;
import dev.grpcweb.transport.WebSocket;
import dev.grpcweb.transport.WebSocketInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client of {@code grpcweb.mux.v1} that shows the one call on its socket as a {@link
 * RecordingExchange}. It keeps to its credit, and gives as much as it gets bytes.
 */
final class MuxBridge implements WebSocket, ExchangeInput {
  private static final int CALL = 7;

  private final RequestHead call;
  private final RecordingExchange exchange;
  private final WebSocketInput input;
  private final int window;

  /** What the client has to send. Guarded by this. */
  private final ArrayDeque<MuxMessage> messages = new ArrayDeque<>();

  /** Whether a thread is sending. Guarded by this. */
  private boolean sending;

  /** What the client may send for the call. Guarded by this. */
  private int credit;

  /** What the server may send for the call. Guarded by this. */
  private int given;

  /** Guarded by this. */
  private boolean headersCame;

  /** Guarded by this. */
  private boolean ended;

  /** Guarded by this. */
  private boolean closing;

  MuxBridge(GrpcWebServer server, RequestHead call, RecordingExchange exchange, int window) {
    this.call = call;
    this.exchange = exchange;
    this.window = window;
    this.given = window;
    RequestHead handshake =
        new RequestHead(
            "",
            new Headers().add("origin", "https://example.org").add("cookie", "secret"),
            call.authority(),
            call.secure(),
            call.attributes());
    this.input = server.open(handshake, "grpcweb.mux.v1", this);
  }

  /** The exchange is connected: the socket is open, and the client opens its call. */
  @Override
  public void opened() {
    input.opened();
    List<String> fields = new ArrayList<>();
    call.headers()
        .forEach(
            (name, value) -> {
              fields.add(name);
              fields.add(value);
            });
    add(MuxMessage.settings(window, 1 << 20));
    add(MuxMessage.headers(CALL, "/" + call.fullMethodName(), fields.toArray(new String[0])));
    sendQueued();
    exchange.resumeReading();
  }

  @Override
  public void received(byte[] bytes, int offset, int length) {
    add(MuxMessage.data(CALL, Arrays.copyOfRange(bytes, offset, offset + length)));
    sendQueued();
    exchange.resumeReading();
  }

  @Override
  public void receivedEnd() {
    add(MuxMessage.halfClose(CALL));
    sendQueued();
  }

  /** Not told from inside a call to the socket. */
  @Override
  public void writable() {
    CompletableFuture<Void> unused = CompletableFuture.runAsync(input::writable);
  }

  /** The client keeps the socket for calls to come. */
  @Override
  public void completed() {}

  @Override
  public void disconnected(Throwable cause) {
    synchronized (this) {
      closing = true;
    }
    input.closed(cause);
  }

  private synchronized void add(MuxMessage message) {
    messages.add(message);
  }

  /** One thread at a time sends; what others add meanwhile is sent by it. */
  private void sendQueued() {
    while (true) {
      MuxMessage next;
      synchronized (this) {
        next = sending || closing ? null : next();
        if (next == null) {
          return;
        }
        sending = true;
      }
      byte[] message = next.bytes();
      int half = message.length / 2;
      input.received(Arrays.copyOf(message, half), 0, half, false);
      input.received(message, half, message.length - half, true);
      synchronized (this) {
        sending = false;
      }
    }
  }

  /** Called with the monitor held: DATA goes as far as the credit. */
  private @Nullable MuxMessage next() {
    MuxMessage first = messages.poll();
    if (first == null || first.type() != MuxMessage.Type.DATA) {
      return first;
    }
    byte[] bytes = first.body();
    if (bytes.length <= credit) {
      credit -= bytes.length;
      return first;
    }
    int part = credit;
    credit = 0;
    messages.addFirst(MuxMessage.data(CALL, Arrays.copyOfRange(bytes, part, bytes.length)));
    return part == 0 ? null : MuxMessage.data(CALL, Arrays.copyOf(bytes, part));
  }

  private void sendLater() {
    CompletableFuture<Void> unused = CompletableFuture.runAsync(this::sendQueued);
  }

  @Override
  public void send(byte[] bytes, int offset, int length) {
    MuxMessage message = MuxMessage.parse(Arrays.copyOfRange(bytes, offset, offset + length));
    switch (message.type()) {
      case SETTINGS -> settings(message);
      case HEADERS -> headers(message);
      case DATA -> data(message);
      case TRAILERS -> trailers(message);
      case RESET -> exchange.abort();
      case CREDIT -> credit(message);
      case GOAWAY -> {}
      case HALF_CLOSE, PING, PONG -> throw new AssertionError(message);
    }
  }

  /** The first pair is the one that matters here. */
  private synchronized void settings(MuxMessage message) {
    credit = ByteBuffer.wrap(message.body()).getInt(2);
  }

  private void headers(MuxMessage message) {
    synchronized (this) {
      headersCame = true;
    }
    exchange.begin(new ResponseHead(200, message.fields(), true));
    exchange.flush();
  }

  private void data(MuxMessage message) {
    int length = message.body().length;
    synchronized (this) {
      given -= length;
      if (given < 0 || length > 16 * 1024) {
        throw new AssertionError("more data than there may be: " + length);
      }
    }
    exchange.write(message.body(), 0, length);
    exchange.flush();
    synchronized (this) {
      given += length;
    }
    add(MuxMessage.credit(CALL, length));
    add(MuxMessage.credit(0, length));
    sendLater();
  }

  private void trailers(MuxMessage message) {
    boolean alone;
    synchronized (this) {
      ended = true;
      alone = !headersCame;
    }
    Headers head = new Headers();
    Headers rest = new Headers();
    message
        .fields()
        .forEach(
            (name, value) -> (alone && name.equals("content-type") ? head : rest).add(name, value));
    if (alone) {
      exchange.begin(new ResponseHead(200, head, true));
    }
    exchange.end(rest);
  }

  private void credit(MuxMessage message) {
    synchronized (this) {
      if (message.call() == CALL) {
        credit += message.number();
      }
    }
    sendLater();
  }

  @Override
  public void ping() {
    throw new AssertionError("a ping before its time");
  }

  @Override
  public void close(int code, String reason) {
    boolean early;
    synchronized (this) {
      closing = true;
      early = !ended;
    }
    if (early) {
      exchange.abort();
    }
    CompletableFuture<Void> unused =
        CompletableFuture.runAsync(() -> input.closed(new IOException("closed: " + code)));
  }

  @Override
  public void abort() {
    close(1006, "");
  }

  @Override
  public boolean isWritable() {
    synchronized (this) {
      if (closing || ended) {
        return !closing;
      }
    }
    return exchange.isWritable();
  }

  @Override
  public long queuedBytes() {
    return exchange.queuedBytes();
  }
}

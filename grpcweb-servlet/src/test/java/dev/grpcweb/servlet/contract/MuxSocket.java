// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.testing.MuxMessage;
import dev.grpcweb.transport.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls over one socket of {@code grpcweb.mux.v1}. Shows a call as a gRPC-Web client would see it,
 * with its TRAILERS as the last frame. A call that is not read gets no more credit; a thread of the
 * connection reads the socket, as a browser does.
 */
final class MuxSocket implements HttpConnection {
  static final String SUBPROTOCOL = "grpcweb.mux.v1";

  private static final int CALL_CREDIT = 1 << 16;
  private static final int SOCKET_CREDIT = 1 << 20;
  private static final int MOST_DATA = 16 * 1024;

  private final CallSockets.Connector connector;
  private final Map<Integer, Call> calls = new HashMap<>();

  /** Opened with the first call, whose path says where. */
  private @Nullable RawWebSocket socket;

  /** What the server grants each call; 0 before its SETTINGS. Guarded by this. */
  private int callCredit;

  /** What the server grants all calls. Guarded by this. */
  private long socketCredit;

  /** Guarded by this. */
  private int lastCall;

  /** Whether nothing comes any more. Guarded by this. */
  private boolean over;

  MuxSocket(CallSockets.Connector connector) {
    this.connector = connector;
  }

  @Override
  public synchronized HttpExchange open(String method, String path, Map<String, String> fields)
      throws IOException {
    int service = path.lastIndexOf('/', path.lastIndexOf('/') - 1);
    RawWebSocket to = socket;
    if (to == null) {
      to = handshake(path.substring(0, service + 1));
      if (!to.isAccepted()) {
        return to.handshake();
      }
    }
    await(() -> callCredit > 0 || over);
    Call call = new Call(++lastCall);
    calls.put(call.id, call);
    StringBuilder block = new StringBuilder(":path: " + path.substring(service) + "\r\n");
    fields.forEach(
        (name, value) -> {
          if (!name.equals("content-type") || !value.equals(Format.BINARY.contentType())) {
            block.append(name + ": " + value + "\r\n");
          }
        });
    byte[] bytes = block.toString().getBytes(StandardCharsets.ISO_8859_1);
    send(new MuxMessage(MuxMessage.Type.HEADERS, call.id, bytes));
    return call;
  }

  private RawWebSocket handshake(String path) throws IOException {
    RawWebSocket opened = RawWebSocket.open(connector.connect(), path, Map.of(), SUBPROTOCOL);
    socket = opened;
    if (opened.isAccepted()) {
      opened.send(MuxMessage.settings(CALL_CREDIT, SOCKET_CREDIT).bytes());
      Thread reader = new Thread(() -> read(opened), "mux-socket-reader");
      reader.setDaemon(true);
      reader.start();
    }
    return opened;
  }

  @Override
  public HttpExchange request(String method, String path, Map<String, String> fields, byte[] body)
      throws IOException {
    HttpExchange exchange = open(method, path, fields);
    try {
      exchange.send(body);
      exchange.end();
    } catch (IOException answered) {
      // The answer may come before the end of the request.
    }
    return exchange;
  }

  /** Called by the thread that reads. */
  private void read(RawWebSocket from) {
    try {
      for (byte[] next = from.next(); next != null; next = from.next()) {
        MuxMessage message = MuxMessage.parse(next);
        if (message.type() == MuxMessage.Type.DATA && message.body().length > 0) {
          send(MuxMessage.credit(0, message.body().length));
        }
        synchronized (this) {
          take(message);
          notifyAll();
        }
      }
    } catch (IOException broken) {
      // Calls see that the socket is over.
    }
    synchronized (this) {
      over = true;
      notifyAll();
    }
  }

  private void take(MuxMessage message) {
    if (message.type() == MuxMessage.Type.SETTINGS) {
      settings(ByteBuffer.wrap(message.body()));
    } else if (message.type() == MuxMessage.Type.CREDIT && message.call() == 0) {
      socketCredit += message.number();
    } else {
      Call call = calls.get(message.call());
      if (call != null) {
        call.take(message);
      }
    }
  }

  private void settings(ByteBuffer pairs) {
    while (pairs.hasRemaining()) {
      int name = pairs.getShort();
      int value = pairs.getInt();
      callCredit = name == 1 ? value : callCredit;
      socketCredit = name == 2 ? value : socketCredit;
    }
  }

  private void send(MuxMessage message) throws IOException {
    RawWebSocket to = socket;
    if (to == null) {
      throw new IllegalStateException("the socket has not been opened");
    }
    to.send(message.bytes());
  }

  /** Waits, with the monitor held. */
  private void await(Condition condition) throws IOException {
    long until = System.currentTimeMillis() + Http1Connection.PATIENCE_MILLIS;
    while (!condition.isMet()) {
      long left = until - System.currentTimeMillis();
      if (left <= 0) {
        throw new IOException("nothing has come for " + Http1Connection.PATIENCE_MILLIS + " ms");
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  private interface Condition {
    boolean isMet();
  }

  @Override
  public synchronized boolean isOpen() {
    return !over;
  }

  @Override
  public void close() throws IOException {
    RawWebSocket to = socket;
    if (to != null) {
      try {
        to.close(1001);
      } catch (IOException closed) {
        // So it is.
      }
      to.close();
    }
  }

  /** Its state is guarded by the connection. */
  private final class Call implements HttpExchange {
    private final int id;
    private final ArrayDeque<byte[]> received = new ArrayDeque<>();
    private long credit = callCredit;
    private @Nullable Map<String, String> head;
    private boolean ended;
    private @Nullable String broken;

    Call(int id) {
      this.id = id;
    }

    private void take(MuxMessage message) {
      switch (message.type()) {
        case HEADERS -> head = head(message.fields());
        case DATA -> received.add(message.body());
        case TRAILERS -> end(message.fields());
        case RESET -> {
          broken = message.toString();
          ended = true;
        }
        case CREDIT -> credit += message.number();
        default -> broken = "unexpected " + message;
      }
    }

    private Map<String, String> head(Headers fields) {
      Map<String, String> all = new TreeMap<>();
      fields.forEach((name, value) -> all.merge(name, value, (one, other) -> one + "," + other));
      if (!"application/grpc+proto".equals(all.put("content-type", Format.BINARY.contentType()))) {
        broken = "a head of " + fields;
      }
      return all;
    }

    /** A status without a head has the head's fields in it. */
    private void end(Headers fields) {
      if (head == null) {
        head = Map.of("content-type", Format.BINARY.contentType());
      }
      StringBuilder block = new StringBuilder();
      fields.forEach(
          (name, value) -> {
            if (!name.equals("content-type")) {
              block.append(name + ": " + value + "\r\n");
            }
          });
      byte[] bytes = Format.ascii(block.toString());
      received.add(
          ByteBuffer.allocate(5 + bytes.length)
              .put((byte) Frames.TRAILERS)
              .putInt(bytes.length)
              .put(bytes)
              .array());
      ended = true;
    }

    @Override
    public void send(byte[] bytes) throws IOException {
      int at = 0;
      while (at < bytes.length) {
        int count;
        synchronized (MuxSocket.this) {
          MuxSocket.this.await(() -> (credit > 0 && socketCredit > 0) || isGone());
          if (isGone()) {
            throw new IOException("the call has ended: " + broken);
          }
          count =
              (int)
                  Math.min(Math.min(credit, socketCredit), Math.min(MOST_DATA, bytes.length - at));
          credit -= count;
          socketCredit -= count;
        }
        MuxSocket.this.send(MuxMessage.data(id, Arrays.copyOfRange(bytes, at, at + count)));
        at += count;
      }
    }

    private boolean isGone() {
      return ended || over;
    }

    @Override
    public void end() throws IOException {
      synchronized (MuxSocket.this) {
        if (isGone()) {
          return;
        }
      }
      MuxSocket.this.send(MuxMessage.halfClose(id));
    }

    @Override
    public int status() throws IOException {
      header("content-type");
      return 200;
    }

    @Override
    public @Nullable String header(String name) throws IOException {
      synchronized (MuxSocket.this) {
        MuxSocket.this.await(() -> head != null || isGone());
        check();
        if (head == null) {
          throw new IOException("the socket was closed before the head");
        }
        return head.get(name);
      }
    }

    @Override
    public byte @Nullable [] read() throws IOException {
      byte[] next;
      boolean wanted;
      synchronized (MuxSocket.this) {
        MuxSocket.this.await(() -> !received.isEmpty() || isGone());
        check();
        next = received.poll();
        if (next == null && !ended) {
          throw new IOException("the socket was closed before the status");
        }
        wanted = next != null && next.length > 0 && !ended;
      }
      if (wanted) {
        MuxSocket.this.send(MuxMessage.credit(id, next.length));
      }
      return next;
    }

    private void check() throws IOException {
      if (broken != null) {
        throw new IOException("the call is broken: " + broken);
      }
    }

    /** Of HTTP there are none. */
    @Override
    public Map<String, String> trailers() {
      return Map.of();
    }

    @Override
    public @Nullable Map<String, String> headThatIsAll() {
      return null;
    }

    @Override
    public void vanish() throws IOException {
      MuxSocket.this.send(MuxMessage.reset(id));
      synchronized (MuxSocket.this) {
        broken = "reset by this client";
        ended = true;
        MuxSocket.this.notifyAll();
      }
    }
  }
}

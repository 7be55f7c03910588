// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls over sockets of {@code grpc-websockets}, each of which is one call. What the server sends
 * there, behind its header block, is what gRPC-Web has in a body.
 */
final class CallSockets implements HttpConnection {
  static final String SUBPROTOCOL = "grpc-websockets";

  /** Connects to a server. */
  interface Connector {
    Http1Connection connect() throws IOException;
  }

  private final Connector connector;
  private final List<Exchange> exchanges = new ArrayList<>();

  CallSockets(Connector connector) {
    this.connector = connector;
  }

  @Override
  public HttpExchange open(String method, String path, Map<String, String> fields)
      throws IOException {
    RawWebSocket socket = RawWebSocket.open(connector.connect(), path, Map.of(), SUBPROTOCOL);
    Exchange exchange = new Exchange(socket);
    exchanges.add(exchange);
    if (socket.isAccepted()) {
      StringBuilder block = new StringBuilder();
      fields.forEach((name, value) -> block.append(name + ": " + value + "\r\n"));
      socket.send(block.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
    return exchange;
  }

  @Override
  public HttpExchange request(String method, String path, Map<String, String> fields, byte[] body)
      throws IOException {
    HttpExchange exchange = open(method, path, fields);
    try {
      exchange.send(body);
      exchange.end();
    } catch (IOException answered) {
      // The answer may come before the end of the request, and with it the end of the socket.
    }
    return exchange;
  }

  /** Returns whether no socket was closed over a fault; another one may always be opened. */
  @Override
  public boolean isOpen() {
    return exchanges.stream().allMatch(exchange -> exchange.socket.knownCode() <= 1000);
  }

  @Override
  public void close() throws IOException {
    for (Exchange exchange : exchanges) {
      try {
        exchange.socket.close(1001);
      } catch (IOException closed) {
        // So it is.
      }
      exchange.socket.close();
    }
  }

  private static final class Exchange implements HttpExchange {
    private static final byte[] HALF_CLOSE = {1};

    private final RawWebSocket socket;

    /** Null until it has come. */
    private @Nullable Map<String, String> head;

    /** What came behind the head. */
    private byte[] rest = {};

    Exchange(RawWebSocket socket) {
      this.socket = socket;
    }

    @Override
    public void send(byte[] bytes) throws IOException {
      socket.send(Frames.join(new byte[1], bytes));
    }

    @Override
    public void end() throws IOException {
      if (socket.knownCode() == 0) {
        socket.send(HALF_CLOSE);
      }
    }

    @Override
    public int status() throws IOException {
      if (!socket.isAccepted()) {
        return socket.handshake().status();
      }
      head();
      return 200;
    }

    @Override
    public @Nullable String header(String name) throws IOException {
      return socket.isAccepted() ? head().get(name) : socket.handshake().header(name);
    }

    private Map<String, String> head() throws IOException {
      if (head == null) {
        ByteBuffer prefix = ByteBuffer.wrap(take(5));
        if (prefix.get() != (byte) Frames.TRAILERS) {
          throw new IOException("a socket that does not begin with a header block");
        }
        head = parse(new String(take(prefix.getInt()), StandardCharsets.US_ASCII));
      }
      return head;
    }

    private static Map<String, String> parse(String block) {
      Map<String, String> parsed = new TreeMap<>();
      block
          .lines()
          .forEach(
              line -> {
                String[] field = line.split(": ?", 2);
                parsed.merge(field[0], field[1], (one, other) -> one + "," + other);
              });
      return parsed;
    }

    private byte[] take(int count) throws IOException {
      byte[] all = rest;
      while (all.length < count) {
        byte[] next = message();
        if (next == null) {
          throw new IOException("the socket was closed before its header block");
        }
        all = Frames.join(all, next);
      }
      rest = java.util.Arrays.copyOfRange(all, count, all.length);
      return java.util.Arrays.copyOf(all, count);
    }

    private byte @Nullable [] message() throws IOException {
      byte[] next = socket.next();
      if (next == null && socket.closeCode() != 1000) {
        throw new IOException(
            "the socket was closed by " + socket.closeCode() + " " + socket.closeReason());
      }
      return next;
    }

    @Override
    public byte @Nullable [] read() throws IOException {
      if (!socket.isAccepted()) {
        return socket.handshake().read();
      }
      head();
      if (rest.length > 0) {
        byte[] taken = rest;
        rest = new byte[0];
        return taken;
      }
      return message();
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
      socket.reset();
    }
  }
}

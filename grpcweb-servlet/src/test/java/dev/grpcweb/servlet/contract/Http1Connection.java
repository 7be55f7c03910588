// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 over a socket, bare enough to send what no client would. */
final class Http1Connection implements HttpConnection {
  static final int PATIENCE_MILLIS = (int) TimeUnit.SECONDS.toMillis(Patience.SECONDS);
  private static final int READ_BUFFER = 8 * 1024;
  private static final int SWITCHING_PROTOCOLS = 101;

  /** The socket that the bytes travel on, below TLS. */
  private final Socket transport;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final String host;
  private boolean open = true;

  private Http1Connection(Socket transport, Socket socket) throws IOException {
    this.transport = transport;
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), READ_BUFFER);
    this.out = socket.getOutputStream();
    this.host = "localhost:" + transport.getPort();
  }

  static Http1Connection connect(InetSocketAddress address) throws IOException {
    Socket socket = transport(address);
    return new Http1Connection(socket, socket);
  }

  static Http1Connection connect(InetSocketAddress address, SSLContext tls) throws IOException {
    Socket transport = transport(address);
    SSLSocket socket =
        (SSLSocket)
            tls.getSocketFactory().createSocket(transport, "localhost", address.getPort(), true);
    socket.startHandshake();
    return new Http1Connection(transport, socket);
  }

  private static Socket transport(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    // What a reader that does not read lets the server send should not depend on the machine.
    socket.setReceiveBufferSize(64 * 1024);
    socket.setSendBufferSize(64 * 1024);
    socket.connect(address, PATIENCE_MILLIS);
    return socket;
  }

  @Override
  public HttpExchange open(String method, String path, Map<String, String> fields)
      throws IOException {
    Map<String, String> all = new TreeMap<>(fields);
    all.put("Transfer-Encoding", "chunked");
    write(head(method, path, all));
    return new Exchange(method, true);
  }

  @Override
  public HttpExchange request(String method, String path, Map<String, String> fields, byte[] body)
      throws IOException {
    Map<String, String> all = new TreeMap<>(fields);
    if (body.length > 0 || method.equals("POST")) {
      all.put("Content-Length", String.valueOf(body.length));
    }
    write(Frames.join(head(method, path, all), body));
    return new Exchange(method, false);
  }

  /** Returns a head; {@code Host} is added. */
  byte[] head(String method, String path, Map<String, String> fields) {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    if (fields.keySet().stream().noneMatch("host"::equalsIgnoreCase)) {
      head.append("Host: ").append(host).append("\r\n");
    }
    fields.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Sends bytes as they are. */
  void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Returns the response to a request of this method that was written as bytes. */
  HttpExchange response(String method) {
    return new Exchange(method, false);
  }

  /** Returns whether the last response has said nothing else. */
  boolean isKept() {
    return open;
  }

  /** Returns what the server sends, for those who have read the response that goes before. */
  InputStream input() {
    return in;
  }

  /** Sends no more, and reads on. */
  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Resets the connection. */
  void reset() throws IOException {
    open = false;
    transport.setSoLinger(true, 0);
    transport.close();
  }

  InetSocketAddress localAddress() {
    return (InetSocketAddress) transport.getLocalSocketAddress();
  }

  @Override
  public boolean isOpen() {
    if (!open) {
      return false;
    }
    try {
      transport.setSoTimeout(1);
      in.mark(1);
      if (in.read() < 0) {
        open = false;
      }
      in.reset();
    } catch (java.net.SocketTimeoutException silent) {
      // Neither a byte nor the end: it waits for a request.
    } catch (IOException broken) {
      open = false;
    } finally {
      restorePatience();
    }
    return open;
  }

  private void restorePatience() {
    try {
      transport.setSoTimeout(PATIENCE_MILLIS);
    } catch (IOException closed) {
      open = false;
    }
  }

  @Override
  public void close() throws IOException {
    open = false;
    socket.close();
    transport.close();
  }

  private enum Body {
    CHUNKED,
    COUNTED,
    UNTIL_CLOSE
  }

  private final class Exchange implements HttpExchange {
    private final String method;
    private final boolean chunkedRequest;
    private final Map<String, String> fields = new TreeMap<>();
    private final Map<String, String> trailers = new TreeMap<>();
    private int status;
    private Body body = Body.UNTIL_CLOSE;

    /** Of the chunk, or of the body; -1 before the first chunk. */
    private long remaining = -1;

    private boolean ended;

    Exchange(String method, boolean chunkedRequest) {
      this.method = method;
      this.chunkedRequest = chunkedRequest;
    }

    @Override
    public void send(byte[] bytes) throws IOException {
      if (bytes.length > 0) {
        byte[] size = Format.ascii(Integer.toHexString(bytes.length) + "\r\n");
        write(Frames.join(size, bytes, Format.ascii("\r\n")));
      }
    }

    @Override
    public void end() throws IOException {
      if (chunkedRequest) {
        write(Format.ascii("0\r\n\r\n"));
      }
    }

    @Override
    public int status() throws IOException {
      while (status < 200 && status != SWITCHING_PROTOCOLS) {
        readHead();
      }
      return status;
    }

    @Override
    public @Nullable String header(String name) throws IOException {
      status();
      return fields.get(name);
    }

    private void readHead() throws IOException {
      fields.clear();
      String line = readLine();
      if (!line.startsWith("HTTP/1.1 ")) {
        throw new IOException("no status line: " + line);
      }
      status = Integer.parseInt(line.substring(9, 12));
      for (line = readLine(); !line.isEmpty(); line = readLine()) {
        int colon = line.indexOf(':');
        String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
        fields.merge(name, line.substring(colon + 1).trim(), (a, b) -> a + "," + b);
      }
      String length = fields.get("content-length");
      if ("chunked".equals(fields.get("transfer-encoding"))) {
        body = Body.CHUNKED;
      } else if (length != null) {
        body = Body.COUNTED;
        remaining = Long.parseLong(length);
      }
      ended =
          method.equals("HEAD")
              || status == 204
              || status == 304
              || (body == Body.COUNTED && remaining == 0);
      if ("close".equalsIgnoreCase(fields.get("connection"))) {
        open = false;
      }
    }

    @Override
    public byte @Nullable [] read() throws IOException {
      status();
      if (!ended && body == Body.CHUNKED && remaining <= 0) {
        nextChunk();
      }
      if (ended) {
        return null;
      }
      byte[] buffer = new byte[READ_BUFFER];
      int most = body == Body.UNTIL_CLOSE ? buffer.length : (int) Math.min(remaining, READ_BUFFER);
      int count = in.read(buffer, 0, most);
      if (count < 0) {
        open = false;
        ended = true;
        if (body != Body.UNTIL_CLOSE) {
          throw new EOFException("the connection was closed inside the body");
        }
        return null;
      }
      remaining -= count;
      ended = body == Body.COUNTED && remaining == 0;
      return java.util.Arrays.copyOf(buffer, count);
    }

    private void nextChunk() throws IOException {
      if (remaining == 0) {
        readLine();
      }
      remaining = Long.parseLong(readLine().trim(), 16);
      if (remaining == 0) {
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
          int colon = line.indexOf(':');
          trailers.put(
              line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
        }
        ended = true;
      }
    }

    @Override
    public Map<String, String> trailers() {
      return trailers;
    }

    /** There is no such thing in this version. */
    @Override
    public @Nullable Map<String, String> headThatIsAll() {
      return null;
    }

    @Override
    public void vanish() throws IOException {
      reset();
    }
  }

  private String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(64);
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        open = false;
        throw new EOFException("the connection was closed inside a line: " + line);
      }
      if (next != '\r') {
        line.write(next);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }
}

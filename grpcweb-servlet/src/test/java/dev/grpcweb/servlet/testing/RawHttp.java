// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An HTTP/1.1 client that sends exactly what a test says, by a socket. Not thread-safe. */
public final class RawHttp implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;

  /** Whether the last chunk that was read was not the last of its body. */
  private boolean insideBody;

  /** Connects to a port of the loopback interface. */
  public RawHttp(int port) throws IOException {
    this(port, 0);
  }

  /**
   * Connects to a port of the loopback interface.
   *
   * @param receiveBuffer bytes that the kernel takes in ahead, or 0 for its own choice
   */
  public RawHttp(int port, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    in = new BufferedInputStream(socket.getInputStream(), 1024);
    out = socket.getOutputStream();
  }

  /** Sends lines, each of which gets its CRLF here; an empty one ends a head. */
  public RawHttp lines(String... lines) throws IOException {
    return bytes((String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes. */
  public RawHttp bytes(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  /** Sends a POST with a body of known length. */
  public RawHttp post(String path, String contentType, byte[] body) throws IOException {
    return lines(
            "POST " + path + " HTTP/1.1",
            "Host: localhost",
            "Content-Type: " + contentType,
            "Content-Length: " + body.length,
            "")
        .bytes(body);
  }

  /** Reads a whole answer. */
  public Answer answer() throws IOException {
    Answer head = head();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if ("chunked".equals(head.header("transfer-encoding"))) {
      for (byte[] chunk = chunk(); chunk.length > 0; chunk = chunk()) {
        body.write(chunk);
      }
    } else if (head.header("content-length") != null) {
      body.write(exactly(Integer.parseInt(head.header("content-length"))));
    } else if (head.status() != 204) {
      in.transferTo(body);
    }
    return new Answer(head.status(), head.fields(), body.toByteArray());
  }

  /** Reads the head of an answer only. */
  public Answer head() throws IOException {
    String statusLine = line();
    if (!statusLine.startsWith("HTTP/1.1 ")) {
      throw new IOException("not a status line: " + statusLine);
    }
    List<String> fields = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      fields.add(line);
    }
    return new Answer(Integer.parseInt(statusLine.substring(9, 12)), fields, new byte[0]);
  }

  /** Reads the next chunk of a chunked body; the last one is empty. */
  public byte[] chunk() throws IOException {
    if (insideBody) {
      // The line end behind a chunk, which Jetty sends with the chunk that follows.
      line();
    }
    byte[] chunk = exactly(Integer.parseInt(line(), 16));
    insideBody = chunk.length > 0;
    if (!insideBody) {
      line();
    }
    return chunk;
  }

  /** Reads one byte, or -1 at the end of the connection. */
  public int read() throws IOException {
    return in.read();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended after: " + line);
      }
      line.append((char) c);
    }
    return line.substring(0, line.length() - 1);
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the connection ended after " + bytes.length + " of " + length);
    }
    return bytes;
  }

  /** Closes the connection in order. */
  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** Resets the connection. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** An answer. */
  public static final class Answer {
    private final int status;
    private final List<String> fields;
    private final byte[] body;

    Answer(int status, List<String> fields, byte[] body) {
      this.status = status;
      this.fields = List.copyOf(fields);
      this.body = body;
    }

    /** Returns the HTTP status. */
    public int status() {
      return status;
    }

    /** Returns the header lines as they were sent. */
    public List<String> fields() {
      return fields;
    }

    /** Returns the first value of a header, or null if there is none. */
    public @Nullable String header(String name) {
      for (String field : fields) {
        if (field.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":")) {
          return field.substring(name.length() + 1).trim();
        }
      }
      return null;
    }

    /** Returns the body. */
    public byte[] body() {
      return body.clone();
    }

    /** Returns the body as text. */
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket over a socket, bare enough to do what no client would. It reads when it is asked to,
 * and answers pings then.
 *
 * <p>One thread may send while another reads.
 */
final class RawWebSocket implements Closeable {
  static final int CONTINUATION = 0x0;
  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;

  /** What {@link #closeCode} says of a connection that was closed without a close frame. */
  static final int NO_CLOSE_FRAME = 1006;

  /** As a client sends it: of 16 bytes, in base64. */
  private static final String KEY = "AAECAwQFBgcICQoLDA0ODw==";

  /** One frame as the server has sent it. */
  static final class Frame {
    final int opcode;
    final boolean last;
    final byte[] payload;

    Frame(int opcode, boolean last, byte[] payload) {
      this.opcode = opcode;
      this.last = last;
      this.payload = payload;
    }
  }

  private final Http1Connection connection;
  private final HttpExchange handshake;
  private boolean closeSent;
  private int closeCode;
  private String closeReason = "";

  private RawWebSocket(Http1Connection connection, HttpExchange handshake) {
    this.connection = connection;
    this.handshake = handshake;
  }

  /** Sends a handshake. */
  static RawWebSocket open(
      Http1Connection connection, String path, Map<String, String> fields, String subprotocols)
      throws IOException {
    connection.write(connection.head("GET", path, handshake(fields, subprotocols)));
    return new RawWebSocket(connection, connection.response("GET"));
  }

  /** Returns the fields of a handshake, where these do not say otherwise. */
  static Map<String, String> handshake(Map<String, String> fields, String subprotocols) {
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.put("Upgrade", "websocket");
    all.put("Connection", "Upgrade");
    all.put("Sec-WebSocket-Version", "13");
    all.put("Sec-WebSocket-Key", KEY);
    if (!subprotocols.isEmpty()) {
      all.put("Sec-WebSocket-Protocol", subprotocols);
    }
    all.putAll(fields);
    all.values().removeIf(String::isEmpty);
    return all;
  }

  /** Returns the response to the handshake. */
  HttpExchange handshake() {
    return handshake;
  }

  /** Returns whether the server has accepted the handshake. */
  boolean isAccepted() throws IOException {
    return handshake.status() == 101;
  }

  /** Returns the client's end of the connection. */
  InetSocketAddress localAddress() {
    return connection.localAddress();
  }

  RawWebSocket send(byte[] message) throws IOException {
    return send(BINARY, true, message);
  }

  synchronized RawWebSocket send(int opcode, boolean last, byte[] payload) throws IOException {
    connection.write(frame(opcode, last, payload));
    return this;
  }

  /** Returns a frame as a client sends it. */
  static byte[] frame(int opcode, boolean last, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) ((last ? 0x80 : 0) | opcode));
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 1 << 16) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    byte[] mask = {0x12, 0x34, 0x56, 0x78};
    frame.put(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ mask[i & 3]));
    }
    return Arrays.copyOf(frame.array(), frame.position());
  }

  /** Sends bytes as they are. */
  void write(byte[] bytes) throws IOException {
    connection.write(bytes);
  }

  /** Begins or answers the closing handshake. */
  void close(int code) throws IOException {
    closeSent = true;
    send(CLOSE, true, ByteBuffer.allocate(2).putShort((short) code).array());
  }

  /** Goes away without a word. */
  void reset() throws IOException {
    connection.reset();
  }

  /** Waits for the next binary message; returns null when the socket has been closed. */
  byte @Nullable [] next() throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    while (true) {
      Frame frame = frame();
      if (frame == null) {
        return null;
      }
      switch (frame.opcode) {
        case BINARY, CONTINUATION -> {
          message.writeBytes(frame.payload);
          if (frame.last) {
            return message.toByteArray();
          }
        }
        case PING -> send(PONG, true, frame.payload);
        case PONG -> {}
        case CLOSE -> {
          closed(frame.payload);
          return null;
        }
        default -> throw new IOException("a frame of opcode " + frame.opcode);
      }
    }
  }

  private void closed(byte[] payload) throws IOException {
    closeCode = payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
    closeReason =
        payload.length < 2
            ? ""
            : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
    if (!closeSent) {
      try {
        close(closeCode == 1005 ? 1000 : closeCode);
      } catch (IOException alreadyGone) {
        // It does not wait for the answer.
      }
    }
  }

  /** Waits for the next frame; returns null at the end of the connection. */
  @Nullable Frame frame() throws IOException {
    DataInputStream in = new DataInputStream(connection.input());
    int first;
    try {
      first = in.read();
    } catch (java.net.SocketTimeoutException e) {
      throw e;
    } catch (IOException reset) {
      first = -1;
    }
    if (first < 0) {
      if (closeCode == 0) {
        closeCode = NO_CLOSE_FRAME;
      }
      return null;
    }
    int second = in.readUnsignedByte();
    if ((first & 0x70) != 0 || (second & 0x80) != 0) {
      throw new IOException("a frame with reserved bits, or with a mask");
    }
    long length = second;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    if (length < 0 || length > 1 << 28) {
      throw new EOFException("a frame of " + length + " bytes");
    }
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    return new Frame(first & 0x0F, (first & 0x80) != 0, payload);
  }

  /** Returns the code of the server's close, or 0 if none has been read. */
  int knownCode() {
    return closeCode;
  }

  /** Reads on to the end; returns the code of the server's close. */
  int closeCode() throws IOException {
    byte[] skipped = closeCode == 0 ? next() : null;
    while (skipped != null) {
      skipped = next();
    }
    return closeCode;
  }

  String closeReason() {
    return closeReason;
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}

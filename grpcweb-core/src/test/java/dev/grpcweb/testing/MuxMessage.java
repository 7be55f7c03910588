// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.transport.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A message of {@code grpcweb.mux.v1} as either end sees it, independent of the code under test.
 *
 * @param call 0 for the socket
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares messages.
public record MuxMessage(Type type, int call, byte[] body) {
  /** The types, in the order of their codes. */
  public enum Type {
    SETTINGS,
    HEADERS,
    DATA,
    HALF_CLOSE,
    TRAILERS,
    RESET,
    CREDIT,
    PING,
    PONG,
    GOAWAY
  }

  /** The SETTINGS of a client that takes so many bytes for a call and for all calls. */
  public static MuxMessage settings(int callCredit, int socketCredit) {
    byte[] pairs =
        ByteBuffer.allocate(12)
            .putShort((short) 1)
            .putInt(callCredit)
            .putShort((short) 2)
            .putInt(socketCredit)
            .array();
    return new MuxMessage(Type.SETTINGS, 0, pairs);
  }

  /** Opens a call with these fields, name and value in turn. */
  public static MuxMessage headers(int call, String path, String... fields) {
    StringBuilder block = new StringBuilder(":path: ").append(path).append("\r\n");
    for (int i = 0; i < fields.length; i += 2) {
      block.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
    }
    return new MuxMessage(Type.HEADERS, call, block.toString().getBytes(StandardCharsets.UTF_8));
  }

  public static MuxMessage data(int call, byte[] bytes) {
    return new MuxMessage(Type.DATA, call, bytes);
  }

  public static MuxMessage halfClose(int call) {
    return new MuxMessage(Type.HALF_CLOSE, call, new byte[0]);
  }

  public static MuxMessage reset(int call) {
    return new MuxMessage(Type.RESET, call, new byte[] {1});
  }

  public static MuxMessage credit(int call, int count) {
    return new MuxMessage(Type.CREDIT, call, ByteBuffer.allocate(4).putInt(count).array());
  }

  public static MuxMessage ping(long value) {
    return new MuxMessage(Type.PING, 0, ByteBuffer.allocate(8).putLong(value).array());
  }

  /** Returns the bytes on the wire. */
  public byte[] bytes() {
    return ByteBuffer.allocate(5 + body.length).put(code(type)).putInt(call).put(body).array();
  }

  @SuppressWarnings("EnumOrdinal") // The order is the protocol's.
  private static byte code(Type type) {
    return (byte) type.ordinal();
  }

  /** Reads what a server has sent. */
  public static MuxMessage parse(byte[] message) {
    ByteBuffer rest = ByteBuffer.wrap(message);
    Type type = Type.values()[rest.get()];
    int call = rest.getInt();
    byte[] body = new byte[rest.remaining()];
    rest.get(body);
    return new MuxMessage(type, call, body);
  }

  /** Returns the fields of a header block. */
  public Headers fields() {
    Headers fields = new Headers();
    text().lines().forEach(line -> fields.add(line.split(": ", 2)[0], line.split(": ", 2)[1]));
    return fields;
  }

  /** Returns the body's first four bytes. */
  public int number() {
    return ByteBuffer.wrap(body).getInt();
  }

  /** Returns the body as a text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Returns type, call and what the body holds, in a line. */
  @Override
  public String toString() {
    String what =
        switch (type) {
          case DATA -> body.length + " bytes";
          case CREDIT -> String.valueOf(number());
          case HEADERS, TRAILERS -> text().replace("\r\n", "; ");
          case RESET -> body[0] + " " + text().substring(1);
          case GOAWAY -> number() + " " + text().substring(4);
          case SETTINGS, HALF_CLOSE, PING, PONG -> Hex.of(body);
        };
    return (type + " " + call + " " + what).trim();
  }
}

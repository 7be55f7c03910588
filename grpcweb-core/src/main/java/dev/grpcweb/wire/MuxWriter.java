// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static dev.grpcweb.wire.MuxType.HEAD_LENGTH;

import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes the messages of a {@code grpcweb.mux.v1} server; {@link MuxType} has the picture of one.
 *
 * <p>Without state.
 */
final class MuxWriter {
  /** The most that is put into one DATA, so that no call waits long for another one. */
  static final int MAX_DATA = 16 * 1024;

  private MuxWriter() {}

  static byte[] settings(MuxSettings settings) {
    return message(MuxType.SETTINGS, 0, settings.pairs());
  }

  static byte[] headers(int call, byte[] block) {
    return message(MuxType.HEADERS, call, block);
  }

  /** Takes this many bytes of what the call has written. */
  static byte[] data(int call, WriteQueue from, int length) {
    byte[] message = message(MuxType.DATA, call, length);
    int at = HEAD_LENGTH;
    while (at < message.length) {
      Slice part = from.take(message.length - at);
      if (part == null) {
        throw new IllegalArgumentException("expected " + length + " bytes, got fewer");
      }
      System.arraycopy(part.bytes, part.offset, message, at, part.length);
      at += part.length;
    }
    return message;
  }

  static byte[] trailers(int call, byte[] block) {
    return message(MuxType.TRAILERS, call, block);
  }

  static byte[] reset(int call, Status status) {
    String description = status.getDescription();
    byte[] text = text(description == null ? "" : description);
    byte[] body =
        ByteBuffer.allocate(1 + text.length).put((byte) status.getCode().value()).put(text).array();
    return message(MuxType.RESET, call, body);
  }

  /** Makes a message for the socket if the call is 0. */
  static byte[] credit(int call, int count) {
    return message(MuxType.CREDIT, call, ByteBuffer.allocate(4).putInt(count).array());
  }

  static byte[] ping(long value) {
    return message(MuxType.PING, 0, ByteBuffer.allocate(8).putLong(value).array());
  }

  static byte[] pong(byte[] value) {
    return message(MuxType.PONG, 0, value);
  }

  static byte[] goAway(int lastCall, String reason) {
    byte[] text = text(reason);
    byte[] body = ByteBuffer.allocate(4 + text.length).putInt(lastCall).put(text).array();
    return message(MuxType.GOAWAY, 0, body);
  }

  /** A character that is cut is replaced by who reads it. */
  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes.length > MuxType.MAX_TEXT ? Arrays.copyOf(bytes, MuxType.MAX_TEXT) : bytes;
  }

  private static byte[] message(MuxType type, int call, byte[] body) {
    byte[] message = message(type, call, body.length);
    System.arraycopy(body, 0, message, HEAD_LENGTH, body.length);
    return message;
  }

  private static byte[] message(MuxType type, int call, int bodyLength) {
    byte[] message = new byte[HEAD_LENGTH + bodyLength];
    ByteBuffer.wrap(message).put(type.code()).putInt(call);
    return message;
  }
}

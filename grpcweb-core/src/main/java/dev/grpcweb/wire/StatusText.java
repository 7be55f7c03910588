// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The percent-coding of {@code grpc-message}: UTF-8, of which only printable ASCII but {@code %}
 * stands for itself, and no space at either end: HTTP/2 has no field that begins or ends with one,
 * and elsewhere it gets lost.
 *
 * <p>Without state. See <a
 * href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">PROTOCOL-HTTP2</a>,
 * Status-Message.
 */
final class StatusText {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private StatusText() {}

  /** Returns the message as it may stand in a header. */
  static String encodeMessage(String message) {
    int last = message.length() - 1;
    int plain = 0;
    while (plain <= last && isPlain(message.charAt(plain), plain == 0 || plain == last)) {
      plain++;
    }
    if (plain > last) {
      return message;
    }
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    StringBuilder encoded = new StringBuilder(bytes.length + 16);
    for (int i = 0; i < bytes.length; i++) {
      byte b = bytes[i];
      if (isPlain((char) (b & 0xFF), i == 0 || i == bytes.length - 1)) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX[(b >> 4) & 0xF]).append(HEX[b & 0xF]);
      }
    }
    return encoded.toString();
  }

  /** Returns the message of a header; what is no percent-coding stays as it is. */
  static String decodeMessage(String encoded) {
    if (encoded.indexOf('%') < 0) {
      return encoded;
    }
    byte[] bytes = encoded.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream message = new ByteArrayOutputStream(bytes.length);
    int i = 0;
    while (i < bytes.length) {
      int coded = bytes[i] == '%' ? hexPair(bytes, i + 1) : -1;
      message.write(coded < 0 ? bytes[i] : coded);
      i += coded < 0 ? 1 : 3;
    }
    return message.toString(StandardCharsets.UTF_8);
  }

  private static boolean isPlain(char c, boolean atAnEnd) {
    return c >= (atAnEnd ? 0x21 : 0x20) && c < 0x7E && c != '%';
  }

  private static int hexPair(byte[] bytes, int at) {
    if (at + 2 > bytes.length) {
      return -1;
    }
    int high = Character.digit(bytes[at], 16);
    int low = Character.digit(bytes[at + 1], 16);
    return high < 0 || low < 0 ? -1 : (high << 4) | low;
  }
}

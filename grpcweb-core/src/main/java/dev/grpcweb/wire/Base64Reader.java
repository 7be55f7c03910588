// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import io.grpc.Status;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a body in base64, invisibly to what is above and below: units may be padded anywhere,
 * chunks may split a quantum of four characters, and whitespace between characters is skipped.
 *
 * <p>Not thread-safe. Bytes that precede a fault are passed on before it is thrown, so that the
 * result does not depend on how the body was cut. See <a
 * href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md">PROTOCOL-WEB</a>, {@code
 * grpc-web-text}.
 */
final class Base64Reader implements ByteSink {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final int QUANTUM = 4;

  /** The characters from which it pays to ask the decoder of the JDK. */
  private static final int LONG_RUN = 64;

  // All but the alphabet is worth less than zero, so that one test sees it in a whole quantum.
  private static final byte INVALID = -1;
  private static final byte WHITESPACE = -2;
  private static final byte PADDING = -3;
  private static final byte[] VALUES = values();

  private final ByteSink next;

  /** The six-bit values of the quantum so far, the last one lowest; padding counts as zero. */
  private int bits;

  /** The characters of the quantum so far, padding included. */
  private int characters;

  /** How many of {@link #characters} are padding. */
  private int paddings;

  /** The characters of the body so far, to tell where a fault is. */
  private long taken;

  /** Whether no long chunk has held padding before its end, or anything else but the alphabet. */
  private boolean oneUnit = true;

  Base64Reader(ByteSink next) {
    this.next = next;
  }

  @Override
  public void received(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int at = offset;
    if (oneUnit && length >= LONG_RUN) {
      at += characters == 0 ? 0 : QUANTUM - characters;
      decodeAny(bytes, offset, at);
      if (characters == 0) {
        at = decodeOneUnit(bytes, at, end);
      }
    }
    decodeAny(bytes, at, end);
  }

  @Override
  public void receivedEnd() {
    if (characters != 0) {
      throw new WireException(
          Status.INTERNAL.withDescription(
              "Base64 body ended inside a quantum: expected 4 characters, got " + characters));
    }
    next.receivedEnd();
  }

  /**
   * Decodes all whole quanta at once, which the JIT compiler does several times as fast as the loop
   * here, and returns where they end. This is how clients send: one unit, no whitespace.
   */
  private int decodeOneUnit(byte[] bytes, int from, int end) {
    int length = (end - from) / QUANTUM * QUANTUM;
    ByteBuffer decoded;
    try {
      decoded = Base64.getDecoder().decode(ByteBuffer.wrap(bytes, from, length));
    } catch (IllegalArgumentException e) {
      // Whatever it is, the loop knows it; and an exception for each chunk would be too dear.
      oneUnit = false;
      return from;
    }
    taken += length;
    passOn(decoded.array(), decoded.limit());
    return from + length;
  }

  /** Decodes characters of whatever kind. */
  private void decodeAny(byte[] bytes, int from, int end) {
    // A quantum needs four characters and gives at most three bytes.
    byte[] decoded = new byte[(int) ((characters + (long) (end - from)) / QUANTUM * 3)];
    int count = 0;
    int at = from;
    while (at < end) {
      if (characters == 0) {
        int quanta = decodeWhole(bytes, at, end, decoded, count);
        at += QUANTUM * quanta;
        count += 3 * quanta;
        if (at == end) {
          break;
        }
      }
      String fault = take(bytes[at]);
      if (fault != null) {
        passOn(decoded, count);
        throw malformed(fault, bytes[at], taken + at - from);
      }
      at++;
      if (characters == QUANTUM) {
        count += endQuantum(decoded, count);
      }
    }
    taken += end - from;
    passOn(decoded, count);
  }

  /** Decodes quanta of four characters of the alphabet, and returns how many there were. */
  private static int decodeWhole(byte[] bytes, int from, int end, byte[] target, int targetFrom) {
    byte[] values = VALUES;
    int at = from;
    int targetAt = targetFrom;
    while (end - at >= QUANTUM) {
      int quantum =
          (values[bytes[at] & 0xFF] << 18)
              | (values[bytes[at + 1] & 0xFF] << 12)
              | (values[bytes[at + 2] & 0xFF] << 6)
              | values[bytes[at + 3] & 0xFF];
      if (quantum < 0) {
        break;
      }
      target[targetAt] = (byte) (quantum >> 16);
      target[targetAt + 1] = (byte) (quantum >> 8);
      target[targetAt + 2] = (byte) quantum;
      at += QUANTUM;
      targetAt += 3;
    }
    return (at - from) / QUANTUM;
  }

  /** Takes one character of whatever kind; returns what is wrong with it, or null. */
  private @Nullable String take(byte character) {
    int value = VALUES[character & 0xFF];
    if (value == WHITESPACE) {
      return null;
    }
    if (value == INVALID) {
      return "expected a character of the standard alphabet";
    }
    if (value == PADDING) {
      if (characters < 2) {
        return "expected two characters before padding, had " + characters;
      }
      paddings++;
      value = 0;
    } else if (paddings > 0) {
      return "expected padding to end the quantum";
    }
    bits = (bits << 6) | value;
    characters++;
    return null;
  }

  private int endQuantum(byte[] target, int at) {
    int count = 3 - paddings;
    for (int i = 0; i < count; i++) {
      target[at + i] = (byte) (bits >> (16 - 8 * i));
    }
    bits = 0;
    characters = 0;
    paddings = 0;
    return count;
  }

  private void passOn(byte[] decoded, int count) {
    if (count > 0) {
      next.received(decoded, 0, count);
    }
  }

  private static WireException malformed(String expected, byte actual, long offset) {
    return new WireException(
        Status.INTERNAL.withDescription(
            String.format(
                "Malformed base64: %s, got 0x%02x at offset %d of the body",
                expected, actual & 0xFF, offset)));
  }

  private static byte[] values() {
    byte[] values = new byte[256];
    Arrays.fill(values, INVALID);
    for (byte i = 0; i < ALPHABET.length(); i++) {
      values[ALPHABET.charAt(i)] = i;
    }
    for (char c : " \t\r\n".toCharArray()) {
      values[c] = WHITESPACE;
    }
    values['='] = PADDING;
    return values;
  }
}

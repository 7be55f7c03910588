// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import org.jspecify.annotations.Nullable;

/**
 * The types of {@code grpcweb.mux.v1}, in the order of their codes from 0 on, and what is common to
 * all messages.
 *
 * <pre>
 *  0        1        2        3        4        5
 * +--------+--------+--------+--------+--------+----------------+
 * | type   |        call id, 0 for the socket  | body           |
 * +--------+--------+--------+--------+--------+----------------+
 * </pre>
 *
 * <p>The specification is {@code docs/websocket.md}.
 */
enum MuxType {
  /** Pairs of a name and a value. */
  SETTINGS(0x00, Scope.SOCKET, 0, 6 * 64),
  /** A header block. A longer one than is taken ends its call only. */
  HEADERS(0x01, Scope.CALL, 0, Integer.MAX_VALUE),
  /** Bytes of length-prefixed messages. */
  DATA(0x02, Scope.CALL, 0, Integer.MAX_VALUE),
  /** Nothing. */
  HALF_CLOSE(0x03, Scope.CALL, 0, 0),
  /** A header block. */
  TRAILERS(0x04, Scope.CALL, 0, Integer.MAX_VALUE),
  /** A status code and a text. */
  RESET(0x05, Scope.CALL, 1, 1 + Bounds.TEXT),
  /** A number of bytes. */
  CREDIT(0x06, Scope.EITHER, 4, 4),
  /** Any eight bytes. */
  PING(0x07, Scope.SOCKET, 8, 8),
  /** The same eight bytes. */
  PONG(0x08, Scope.SOCKET, 8, 8),
  /** A call id and a text. */
  GOAWAY(0x09, Scope.SOCKET, 4, 4 + Bounds.TEXT);

  /** What a message may be about. */
  private enum Scope {
    SOCKET("call id 0", 0, 0),
    CALL("a call id from 1 to 2147483647", 1, Integer.MAX_VALUE),
    EITHER("a call id from 0 to 2147483647", 0, Integer.MAX_VALUE);

    final String expected;
    final long least;
    final long greatest;

    Scope(String expected, long least, long greatest) {
      this.expected = expected;
      this.least = least;
      this.greatest = greatest;
    }
  }

  private static final class Bounds {
    static final int TEXT = 1024;
  }

  /** Type and call id. */
  static final int HEAD_LENGTH = 5;

  /** The longest text of a {@link #RESET} or {@link #GOAWAY}, in bytes. */
  static final int MAX_TEXT = Bounds.TEXT;

  private static final MuxType[] BY_CODE = values();

  private final byte code;
  private final Scope scope;
  private final int leastBody;
  private final int greatestBody;

  MuxType(int code, Scope scope, int leastBody, int greatestBody) {
    this.code = (byte) code;
    this.scope = scope;
    this.leastBody = leastBody;
    this.greatestBody = greatestBody;
  }

  /** Returns the type with this code, or null if there is none. */
  static @Nullable MuxType of(int code) {
    return code < BY_CODE.length ? BY_CODE[code] : null;
  }

  byte code() {
    return code;
  }

  boolean isSentByClients() {
    return this != TRAILERS && this != GOAWAY;
  }

  /** Throws {@link SocketFault} if a message of this type cannot have this call id. */
  void checkCall(long call) {
    if (call < scope.least || call > scope.greatest) {
      throw SocketFault.protocol("expected " + scope.expected + " for " + this + ", got " + call);
    }
  }

  /** Returns the longest body that this type has. */
  int greatestBody() {
    return greatestBody;
  }

  /** Throws {@link SocketFault} if this cannot be the length of a whole body. */
  void checkBody(int length) {
    if (length < leastBody) {
      throw wrongBody(Integer.toString(length));
    }
  }

  /** Returns the fault of a body that is longer than it may be. */
  SocketFault bodyTooLong() {
    return wrongBody("more");
  }

  private SocketFault wrongBody(String got) {
    String range = leastBody == greatestBody ? "" : leastBody + " to ";
    return SocketFault.protocol(
        "expected a body of " + range + greatestBody + " bytes for " + this + ", got " + got);
  }
}

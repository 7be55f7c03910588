// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.nio.ByteBuffer;

/**
 * What one end of a {@code grpcweb.mux.v1} socket tells the other one first.
 *
 * @param callCredit bytes of DATA that it takes for a new call before it sends CREDIT
 * @param socketCredit bytes of DATA that it takes for all calls before it sends CREDIT
 * @param maxCalls calls that may be open at once; only from the server
 * @param maxHeaderBlock the longest header block that it takes
 */
record MuxSettings(int callCredit, int socketCredit, int maxCalls, int maxHeaderBlock) {
  /** What holds for an end that says nothing. */
  static final MuxSettings DEFAULTS = new MuxSettings(64 * 1024, 1024 * 1024, 100, 8 * 1024);

  private static final int PAIR_LENGTH = 6;
  private static final int CALL_CREDIT = 1;
  private static final int SOCKET_CREDIT = 2;
  private static final int MAX_CALLS = 3;
  private static final int MAX_HEADER_BLOCK = 4;

  /** Returns the pairs of names and values. */
  byte[] pairs() {
    ByteBuffer pairs = ByteBuffer.allocate(4 * PAIR_LENGTH);
    pairs.putShort((short) CALL_CREDIT).putInt(callCredit);
    pairs.putShort((short) SOCKET_CREDIT).putInt(socketCredit);
    pairs.putShort((short) MAX_CALLS).putInt(maxCalls);
    pairs.putShort((short) MAX_HEADER_BLOCK).putInt(maxHeaderBlock);
    return pairs.array();
  }

  /**
   * Reads what a client says of itself.
   *
   * @throws SocketFault if it is malformed
   */
  static MuxSettings ofClient(byte[] bytes, int offset, int length) {
    if (length % PAIR_LENGTH != 0) {
      throw SocketFault.protocol(
          "expected a body of pairs of 6 bytes for SETTINGS, got " + length + " bytes");
    }
    int callCredit = DEFAULTS.callCredit;
    int socketCredit = DEFAULTS.socketCredit;
    int maxHeaderBlock = DEFAULTS.maxHeaderBlock;
    ByteBuffer pairs = ByteBuffer.wrap(bytes, offset, length);
    while (pairs.hasRemaining()) {
      int name = Short.toUnsignedInt(pairs.getShort());
      int value = pairs.getInt();
      switch (name) {
        case CALL_CREDIT -> callCredit = checked(name, value);
        case SOCKET_CREDIT -> socketCredit = checked(name, value);
        case MAX_HEADER_BLOCK -> maxHeaderBlock = checked(name, value);
        default -> {} // Of a later version, or not a client's to say.
      }
    }
    return new MuxSettings(callCredit, socketCredit, DEFAULTS.maxCalls, maxHeaderBlock);
  }

  private static int checked(int name, int value) {
    if (value < 0) {
      throw SocketFault.protocol(
          "expected a value up to 2147483647 for setting "
              + name
              + ", got "
              + Integer.toUnsignedString(value));
    }
    return value;
  }
}

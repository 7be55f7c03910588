// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

/** A message that breaks the rules of its protocol, so that the socket has to be closed. */
final class SocketFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  /**
   * Creates a fault.
   *
   * @param code what the socket is closed with
   * @param message for the peer and for who cares about the call: expected and actual
   */
  SocketFault(int code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  int code() {
    return code;
  }

  /** Returns the fault of a peer that breaks the protocol. */
  static SocketFault protocol(String message) {
    return new SocketFault(SocketConnection.PROTOCOL_ERROR, message);
  }

  /** Returns the fault of a peer that sends text. */
  static SocketFault text() {
    return new SocketFault(
        SocketConnection.UNSUPPORTED_DATA, "expected a binary message, got a text message");
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.WebSocketInput;

/** The server's end of one WebSocket, in any of the protocols. */
interface SocketConnection extends WebSocketInput {
  /** Status codes of WebSocket: RFC 6455, 7.4.1. */
  int NORMAL = 1000;

  int GOING_AWAY = 1001;
  int PROTOCOL_ERROR = 1002;
  int UNSUPPORTED_DATA = 1003;
  int POLICY_VIOLATION = 1008;
  int TRY_AGAIN_LATER = 1013;

  /**
   * Called from any thread: takes no new call, and closes the socket with {@link #GOING_AWAY} when
   * none is left.
   */
  void shutdown();
}

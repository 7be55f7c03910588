// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The container's side of a socket, as {@link MessageSender} uses it; free of its types so that a
 * model of a container can stand in.
 */
interface SocketRemote {
  /** How long a peer may take to answer a close. */
  long CLOSE_MILLIS = 10_000;

  /**
   * Hands one message over; the next one comes when this is done, on whichever thread, maybe before
   * this method returns. The container may keep the array until then.
   *
   * @param done called once, with what went wrong or null
   */
  void send(byte[] bytes, int offset, int length, Consumer<@Nullable Throwable> done);

  /** Sends a ping; may block. */
  void ping() throws IOException;

  /** Begins the closing handshake; may block. */
  void close(int code, String reason) throws IOException;

  /** Ends the connection, whatever is on its way; may block for a while. */
  void abort();
}

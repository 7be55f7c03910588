// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, on the client's side. One thread may send while another reads; a
 * wait that takes too long fails.
 */
interface HttpExchange {
  /** Sends bytes of the body, and returns when the transport has taken them. */
  void send(byte[] bytes) throws IOException;

  /** Ends the body. */
  void end() throws IOException;

  /** Waits for the response's status. */
  int status() throws IOException;

  /** Waits for the response's head; returns the first field of this name, in lower case. */
  @Nullable String header(String name) throws IOException;

  /** Waits for bytes of the body; returns null at its end. Takes no more than it returns. */
  byte @Nullable [] read() throws IOException;

  /** Returns the fields of HTTP that followed the body, which has been read to its end. */
  Map<String, String> trailers() throws IOException;

  /** Waits for the response's head; returns its fields if nothing follows it, else null. */
  @Nullable Map<String, String> headThatIsAll() throws IOException;

  /** Goes away without a word: a reset of the stream, or of the connection that carries it. */
  void vanish() throws IOException;

  /** Reads the body to its end. */
  default byte[] readAll() throws IOException {
    byte[] all = {};
    for (byte[] next = read(); next != null; next = read()) {
      all = Frames.join(all, next);
    }
    return all;
  }
}

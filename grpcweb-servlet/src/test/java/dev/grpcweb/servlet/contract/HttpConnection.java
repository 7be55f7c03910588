// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/** A client's connection, of whatever version of HTTP. */
interface HttpConnection extends Closeable {
  /** Sends a head; the body follows by {@link HttpExchange#send}. */
  HttpExchange open(String method, String path, Map<String, String> fields) throws IOException;

  /** Sends a whole request of a known length. */
  HttpExchange request(String method, String path, Map<String, String> fields, byte[] body)
      throws IOException;

  /** Returns whether the server would take another request. */
  boolean isOpen();

  /** Closes the connection in the usual way. */
  @Override
  void close() throws IOException;
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.transport;

/**
 * One WebSocket connection, as a transport offers it to the core.
 *
 * <p>Every method may be called by any thread, also concurrently, also from inside a callback of
 * {@link WebSocketInput}; none of them blocks. After {@link #close}, {@link #abort} or the end of
 * the connection all of them are without effect. The transport never calls back into {@link
 * WebSocketInput} while it holds a lock of its own, nor from inside a call to it.
 */
public interface WebSocket {
  /**
   * Queues one binary message and sends it as soon as the ones before it have been taken. The bytes
   * belong to the socket from now on and are not changed by the caller.
   *
   * @param length may be 0: an empty message is a message
   */
  void send(byte[] bytes, int offset, int length);

  /** Sends a ping behind what is queued; the peer's answer is {@link WebSocketInput#pong}. */
  void ping();

  /**
   * Begins the closing handshake behind all that is queued, then reports {@link
   * WebSocketInput#closed}, also if the peer never answers.
   *
   * @param code a status code that an endpoint may send
   * @param reason for people who look at a network log; of its UTF-8 at most 123 bytes are sent
   * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-7.4">RFC 6455, 7.4</a>
   */
  void close(int code, String reason);

  /** Gives the connection up, whatever is queued, then reports {@link WebSocketInput#closed}. */
  void abort();

  /** Returns whether nothing is queued or on its way, and a message would be taken at once. */
  boolean isWritable();

  /** Returns the number of bytes of messages that are queued. */
  long queuedBytes();
}

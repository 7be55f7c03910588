// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.transport;

/**
 * What a transport reports of one WebSocket. No method blocks or runs code of the service, unless
 * the user chose a direct executor.
 *
 * <p>{@link #opened}, {@link #received}, {@link #receivedText} and {@link #pong} come one after the
 * other, never concurrently; the other events may come on any thread at any time after {@link
 * #opened}.
 */
public interface WebSocketInput {
  /**
   * Called once, before any other event, when the handshake has been accepted and the transport is
   * ready for calls to {@link WebSocket}.
   */
  void opened();

  /**
   * Called from a container thread with the next part of a binary message. The array belongs to the
   * receiver from now on. A transport passes parts on as they come and keeps none of them.
   *
   * @param length may be 0
   * @param last whether the message ends here
   */
  void received(byte[] bytes, int offset, int length, boolean last);

  /**
   * Called from a container thread with the next part of a text message.
   *
   * @param last whether the message ends here
   */
  void receivedText(String text, boolean last);

  /** Called from a container thread when the peer has answered a ping. */
  void pong();

  /** Called when {@link WebSocket#isWritable} has become true, after it was false. */
  void writable();

  /**
   * Called once, whoever closed the connection or however it failed. Nothing is called afterwards.
   *
   * @param cause what the container said
   */
  void closed(Throwable cause);
}

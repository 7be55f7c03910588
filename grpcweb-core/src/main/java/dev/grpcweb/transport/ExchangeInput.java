// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.transport;

/**
 * What a transport reports of one exchange. No method blocks or runs code of the service, unless
 * the user chose a direct executor.
 *
 * <p>{@link #received} and {@link #receivedEnd} come one after the other, never concurrently; the
 * other events may come on any thread at any time, also from inside a call to {@link Exchange}.
 */
public interface ExchangeInput {
  /**
   * Called once, before any other event, when the transport is ready for calls to {@link Exchange}
   * and to report events. Nothing is called on the exchange before.
   */
  void opened();

  /**
   * Called from a container thread, or from a thread that called {@link Exchange#resumeReading},
   * with the next bytes of the request body. The array belongs to the receiver from now on.
   */
  void received(byte[] bytes, int offset, int length);

  /** Called after the last {@link #received}, once, when the request body has ended. */
  void receivedEnd();

  /**
   * Called when everything queued has been taken and more would be taken at once, after {@link
   * Exchange#isWritable} was false. May come without a reason.
   */
  void writable();

  /** Called once when the response has been handed to the container up to its end. */
  void completed();

  /**
   * Called once when the client is gone or the connection has failed, unless {@link #completed} or
   * {@link Exchange#abort} was called. Nothing is called afterwards.
   *
   * @param cause what the container said
   */
  void disconnected(Throwable cause);
}

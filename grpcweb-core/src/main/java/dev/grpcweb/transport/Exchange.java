// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.transport;

/**
 * One HTTP request and its response, as a transport offers it to the core.
 *
 * <p>Every method may be called by any thread, also concurrently, also from inside a callback of
 * {@link ExchangeInput}; none of them blocks. After {@link #end}, {@link #abort} or the client's
 * disconnection all of them are without effect. The transport never calls back into {@link
 * ExchangeInput} while it holds a lock of its own.
 */
public interface Exchange {
  /**
   * Sets the status and the header fields. Called once, before the first write; sends nothing by
   * itself.
   */
  void begin(ResponseHead head);

  /**
   * Queues bytes of the body. Sends nothing by itself. The bytes belong to the exchange from now on
   * and are not changed by the caller.
   */
  void write(byte[] bytes, int offset, int length);

  /** Sends what is queued, the head included, as soon as the container takes it. */
  void flush();

  /**
   * Ends the response after all that is queued, then reports {@link ExchangeInput#completed}.
   *
   * @param trailers HTTP trailer fields, empty if the head has {@linkplain ResponseHead#hasTrailers
   *     announced} none
   */
  void end(Headers trailers);

  /**
   * Breaks the response off, so that the client cannot take it for complete: a reset where the
   * container can, a closed connection elsewhere. Nothing is reported of it: who calls this knows.
   */
  void abort();

  /** Forgets the writes that the container has not begun to take, each of them as a whole. */
  void discardQueued();

  /**
   * Returns whether a response without a body and trailers is a head that says so itself. A
   * container that sends an empty body behind the head leaves native gRPC without a status.
   */
  boolean endsWithHead();

  /** Returns whether nothing is queued and a write would be taken at once. */
  boolean isWritable();

  /** Returns the number of body bytes that are queued. */
  long queuedBytes();

  /**
   * Asks for one more {@link ExchangeInput#received}, of at most 16 KiB, or {@link
   * ExchangeInput#receivedEnd}. Asking again before it came changes nothing. Until asked, the
   * transport reads nothing.
   */
  void resumeReading();
}

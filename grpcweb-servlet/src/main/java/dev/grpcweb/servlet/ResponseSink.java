// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.io.IOException;

/**
 * The container's side of a response, free of servlet types so that a model of a container can
 * stand in. Called under the exchange's lock only.
 */
interface ResponseSink {
  /**
   * Returns whether one operation may follow. After false the container owes a call to {@link
   * ResponsePump#onWritePossible}.
   */
  boolean isReady();

  /** Hands bytes over; the container may keep the array. */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** Sends what was handed over, the head included. */
  void flush() throws IOException;

  /**
   * Sends the end of the body, where the container can do that before the response is completed.
   * Only {@link #complete} follows.
   */
  void endBody() throws IOException;

  /**
   * Returns whether {@link #complete} makes a thread of the container wait until the client takes
   * what has not been flushed.
   */
  boolean completionBlocks();

  /** Ends the response. */
  void complete() throws IOException;

  /** Called once after an operation threw: does what the container leaves to be done. */
  void failed(Exception cause);
}

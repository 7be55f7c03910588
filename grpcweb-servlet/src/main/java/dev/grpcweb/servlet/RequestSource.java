// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.io.IOException;

/**
 * The container's side of a request body, free of servlet types so that a model of a container can
 * stand in. Called under the exchange's lock only.
 */
interface RequestSource {
  /**
   * Returns whether one read would not block. Not to be called when {@link #isFinished}. After
   * false the container owes a call to {@link RequestPump#onDataAvailable} or {@link
   * RequestPump#onAllDataRead}, which may come from inside the question.
   */
  boolean isReady();

  /** Returns whether the body has been read up to its end. */
  boolean isFinished();

  /** Reads as {@link java.io.InputStream#read(byte[], int, int)} does. */
  int read(byte[] buffer, int offset, int length) throws IOException;
}

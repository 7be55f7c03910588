// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

/**
 * Takes the bytes of one direction in their order.
 *
 * <p>Not thread-safe: {@link #received} and {@link #receivedEnd} come one after the other. Either
 * may throw {@link WireException}, after which nothing may be passed any more.
 */
interface ByteSink {
  /** Takes the next bytes. The array belongs to the receiver from now on. */
  void received(byte[] bytes, int offset, int length);

  /** Takes the end, once, after the last {@link #received}. */
  void receivedEnd();
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

/**
 * What a container cannot do. A contract expects exactly that, so one that can do more fails it.
 */
public enum Limit {
  /** A reset of an HTTP/2 stream shows when the response is written or more is read, not before. */
  RESETS_SHOW_LATE,

  /** An HTTP/2 response without a body is not one frame: the end comes behind its head. */
  HEADS_DO_NOT_END,

  /** A WebSocket is a connection of HTTP/1.1, never a stream of HTTP/2. */
  NO_SOCKETS_OVER_HTTP_2
}

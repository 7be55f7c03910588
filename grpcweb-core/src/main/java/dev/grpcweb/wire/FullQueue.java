// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

/** What a message meets that does not fit into the queue of its call. */
public enum FullQueue {
  /** The call ends with RESOURCE_EXHAUSTED. */
  REFUSES,
  /** The sender's thread waits until there is room or the call has ended. */
  BLOCKS
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

/**
 * How much one call may take of the server's memory.
 *
 * @param maxInboundMessageSize the longest message that is taken, on the wire and inflated, in
 *     bytes
 * @param maxInboundMetadataSize the most that a request's header fields may count: name, value and
 *     32 for each
 * @param maxQueuedBytes the most response bytes that wait for a slow client
 * @param onReadyThreshold the queued bytes from which a call is not ready for more
 */
public record Limits(
    int maxInboundMessageSize,
    int maxInboundMetadataSize,
    long maxQueuedBytes,
    int onReadyThreshold) {
  private static final Limits DEFAULTS = new Limits(4 << 20, 8 << 10, 64L << 20, 32 << 10);

  /** Checks that each limit can be kept. */
  public Limits {
    atLeast("maxInboundMessageSize", maxInboundMessageSize, 0);
    atLeast("maxInboundMetadataSize", maxInboundMetadataSize, 1);
    atLeast("maxQueuedBytes", maxQueuedBytes, 1);
    atLeast("onReadyThreshold", onReadyThreshold, 1);
  }

  /** Returns 4 MiB a message, 8 KiB of metadata, 64 MiB queued, ready below 32 KiB. */
  public static Limits defaults() {
    return DEFAULTS;
  }

  private static void atLeast(String name, long actual, long least) {
    if (actual < least) {
      throw new IllegalArgumentException(name + ": expected at least " + least + ", got " + actual);
    }
  }
}

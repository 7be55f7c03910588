// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.Status;

/**
 * What the wire tells a call. {@link #message} and {@link #halfClose} come one after the other; the
 * others may come concurrently. No method runs code of the service, unless the user chose a direct
 * executor.
 */
public interface CallInput {
  /** Called once, before anything else, when {@link CallOutput} can be used. */
  void start();

  /** Called from a container thread with the next message. */
  void message(InboundMessage message);

  /** Called from a container thread after the last message. */
  void halfClose();

  /** Called from any thread when {@link CallOutput#isReady} has become true. */
  void writable();

  /**
   * Called from any thread when the call cannot go on, because what the client sent is broken or
   * too much. The call answers with this status, unless the service has closed it already.
   */
  void cancel(Status reason);

  /** Called from any thread, once, when the response has left up to its trailers. */
  void completed();

  /** Called from any thread, once and instead of {@link #completed}, when the client is gone. */
  void disconnected(Throwable cause);
}

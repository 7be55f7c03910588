// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * A fault in what the peer sent, or in what cannot be sent, with the status that answers it.
 *
 * <p>Its text holds what was expected and what came. It has no stack trace: the fault lies in the
 * bytes, and a peer must not be able to make the server walk its stack.
 */
public final class WireException extends StatusRuntimeException {
  private static final long serialVersionUID = 1L;

  WireException(Status status) {
    super(status);
  }

  /** Returns the status that ends the call. */
  public Status status() {
    return getStatus();
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // Changes nothing.
  public Throwable fillInStackTrace() {
    return this;
  }
}

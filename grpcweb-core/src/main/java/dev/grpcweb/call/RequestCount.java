// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Counts a call's requests against what its method takes. grpc-java's stubs answer INTERNAL to a
 * wrong count; the gRPC specification of statuses wants UNIMPLEMENTED, and the conformance suite
 * checks it.
 *
 * <p>{@link #message} and {@link #halfClose} come one after the other, {@link #fault} from any
 * thread.
 */
final class RequestCount {
  private volatile int arrived;
  private volatile boolean halfClosed;

  /** Called from a container thread. */
  void message() {
    int count = arrived + 1;
    arrived = count;
  }

  /** Called from a container thread. */
  void halfClose() {
    halfClosed = true;
  }

  /** Returns what is wrong so far, or null. */
  @Nullable Status fault(MethodType type) {
    if (!type.clientSendsOneMessage()) {
      return null;
    }
    int count = arrived;
    if (count > 1) {
      return Status.UNIMPLEMENTED.withDescription("Too many requests: expected 1, got " + count);
    }
    if (count == 0 && halfClosed) {
      return Status.UNIMPLEMENTED.withDescription("Half-closed without a request: expected 1");
    }
    return null;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Which status the client sees when something was thrown. The thrown object stays in the status as
 * its cause, which never leaves the server; no exception's text does, unless the service chose it.
 */
final class StatusMapper {
  private StatusMapper() {}

  /** What a listener's callback threw: as grpc-java, even where it is a status exception. */
  static Status ofCallback(Throwable thrown) {
    return Status.UNKNOWN.withDescription("Application error processing RPC").withCause(thrown);
  }

  /** What starting the call threw: a status exception passes its status, as in grpc-java. */
  static Status ofStart(Throwable thrown) {
    return Status.fromThrowable(thrown);
  }

  /** What sending a response threw. */
  static Status ofSend(RuntimeException thrown) {
    return thrown instanceof StatusRuntimeException status
        ? status.getStatus()
        : Status.INTERNAL.withDescription("Internal error so cancelling stream.").withCause(thrown);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts what a fault says to the peer. */
final class Faults {
  private Faults() {}

  static WireException assertFault(ThrowingCallable faulty, Status.Code code, String description) {
    WireException fault = catchThrowableOfType(WireException.class, faulty);
    assertThat(fault).isNotNull();
    assertThat(fault.status().getCode()).isEqualTo(code);
    assertThat(fault.status().getDescription()).isEqualTo(description);
    return fault;
  }
}

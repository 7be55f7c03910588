// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import org.junit.jupiter.api.Test;

class WireExceptionTest {
  @Test
  void itCarriesTheStatusAndNoStackTrace() {
    Status status = Status.INTERNAL.withDescription("expected 1, got 2");

    WireException fault = new WireException(status);

    assertThat(fault.status()).isSameAs(status);
    assertThat(fault).hasMessage("INTERNAL: expected 1, got 2");
    assertThat(fault.getStackTrace()).isEmpty();
    assertThat(Status.fromThrowable(fault)).isSameAs(status);
  }

  @Test
  void fillingInTheStackTraceReturnsTheExceptionItself() {
    WireException fault = new WireException(Status.INTERNAL);

    assertThat(fault.fillInStackTrace()).isSameAs(fault);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LimitsTest {
  @Test
  void theDefaultsAreThoseOfTheManual() {
    assertThat(Limits.defaults()).isEqualTo(new Limits(4_194_304, 8_192, 67_108_864L, 32_768));
  }

  @Test
  void theSmallestLimitsAreTaken() {
    assertThat(new Limits(0, 1, 1, 1).maxInboundMessageSize()).isZero();
  }

  @Test
  void limitsThatCannotBeKeptAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Limits(-1, 1, 1, 1))
        .withMessage("maxInboundMessageSize: expected at least 0, got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Limits(1, 0, 1, 1))
        .withMessage("maxInboundMetadataSize: expected at least 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Limits(1, 1, 0, 1))
        .withMessage("maxQueuedBytes: expected at least 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Limits(1, 1, 1, 0))
        .withMessage("onReadyThreshold: expected at least 1, got 0");
  }
}

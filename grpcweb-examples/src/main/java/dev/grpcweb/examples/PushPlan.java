// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import java.time.Duration;

/** How often, and how many numbered messages, a push pushes. */
record PushPlan(Duration period, int count) {

  static final PushPlan DEFAULT = new PushPlan(Duration.ofSeconds(2), 100);

  PushPlan {
    if (period.isNegative()) {
      throw new IllegalArgumentException("period is " + period + ", less than zero");
    }
    if (count < 0) {
      throw new IllegalArgumentException("count is " + count + ", less than zero");
    }
  }
}

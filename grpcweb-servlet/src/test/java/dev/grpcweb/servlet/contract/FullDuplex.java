// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Questions that depend on answers, which HTTP promises from version 2 on. */
interface FullDuplex extends Fixture {
  @ParameterizedTest
  @MethodSource("formats")
  default void aCallBothWaysMayTakeTurns(Format format) throws IOException {
    ClientCall call = open(format, "Chat");
    for (int i = 0; i < 50; i++) {
      call.send("turn " + i);
      assertThat(call.next()).isEqualTo("re: turn " + i);
    }
    assertThat(call.halfClose().rest()).isEmpty();
    assertThat(call.code()).isEqualTo(Status.Code.OK);
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void theServerMaySpeakFirst(Format format) throws IOException {
    String id = newId();
    ClientCall call = open(format, "HoldBoth", id);
    ServedCall served = log().call(id);
    served.push("hello");
    assertThat(call.next()).isEqualTo("hello");
    call.send("hello yourself");
    served.awaitStart().request(1);
    call.halfClose();
    served.awaitHalfClose();
    assertThat(served.messages()).isEqualTo(1);
    served.close(Status.OK);
    assertThat(call.rest()).isEmpty();
  }
}

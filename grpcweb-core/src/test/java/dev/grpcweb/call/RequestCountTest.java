// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.MethodDescriptor.MethodType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RequestCountTest {
  private final RequestCount count = new RequestCount();

  @ParameterizedTest
  @EnumSource(
      value = MethodType.class,
      names = {"UNARY", "SERVER_STREAMING"})
  void oneRequestIsRight(MethodType type) {
    assertThat(count.fault(type)).isNull();
    count.message();
    assertThat(count.fault(type)).isNull();
    count.halfClose();
    assertThat(count.fault(type)).isNull();
  }

  @ParameterizedTest
  @EnumSource(
      value = MethodType.class,
      names = {"UNARY", "SERVER_STREAMING"})
  void noneIsWrongOnceTheClientHasEnded(MethodType type) {
    count.halfClose();

    assertThat(count.fault(type))
        .hasToString(
            "Status{code=UNIMPLEMENTED, description=Half-closed without a request: expected 1,"
                + " cause=null}");
  }

  @ParameterizedTest
  @EnumSource(
      value = MethodType.class,
      names = {"UNARY", "SERVER_STREAMING"})
  void twoAreWrongAtOnce(MethodType type) {
    count.message();
    count.message();

    assertThat(count.fault(type))
        .hasToString(
            "Status{code=UNIMPLEMENTED, description=Too many requests: expected 1, got 2,"
                + " cause=null}");
  }

  @Test
  void aStreamOfRequestsHasNoWrongCount() {
    count.halfClose();
    assertThat(count.fault(MethodType.CLIENT_STREAMING)).isNull();
    count.message();
    count.message();
    assertThat(count.fault(MethodType.BIDI_STREAMING)).isNull();
  }
}

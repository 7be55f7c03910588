// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusException;
import org.junit.jupiter.api.Test;

final class StatusMapperTest {
  private static final Status DENIED = Status.PERMISSION_DENIED.withDescription("not you");

  @Test
  void whatACallbackThrowsIsUnknownAndStaysOnTheServer() {
    IllegalStateException thrown = new IllegalStateException("secret");

    Status status = StatusMapper.ofCallback(thrown);

    assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(status.getDescription()).isEqualTo("Application error processing RPC");
    assertThat(status.getCause()).isSameAs(thrown);
  }

  @Test
  void aStatusThatACallbackThrowsIsUnknownToo() {
    assertThat(StatusMapper.ofCallback(DENIED.asRuntimeException()).getDescription())
        .isEqualTo("Application error processing RPC");
  }

  @Test
  void aStatusThatTheStartThrowsIsTheCalls() {
    assertThat(StatusMapper.ofStart(DENIED.asRuntimeException())).isSameAs(DENIED);
    assertThat(StatusMapper.ofStart(new StatusException(DENIED))).isSameAs(DENIED);
  }

  @Test
  void whatElseTheStartThrowsIsUnknownWithoutAText() {
    Status status = StatusMapper.ofStart(new IllegalStateException("secret"));

    assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(status.getDescription()).isNull();
  }

  @Test
  void aStatusThatSendingThrowsIsTheCalls() {
    assertThat(StatusMapper.ofSend(DENIED.asRuntimeException())).isSameAs(DENIED);
  }

  @Test
  void whatElseSendingThrowsIsInternal() {
    IllegalStateException thrown = new IllegalStateException("secret");

    Status status = StatusMapper.ofSend(thrown);

    assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getDescription()).isEqualTo("Internal error so cancelling stream.");
    assertThat(status.getCause()).isSameAs(thrown);
  }
}

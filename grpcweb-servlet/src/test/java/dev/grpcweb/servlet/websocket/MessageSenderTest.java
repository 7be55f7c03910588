// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MessageSenderTest {
  @ParameterizedTest
  @EnumSource(names = {"AT_ONCE", "LATER", "BOTH"})
  void messagesPingsAndTheCloseLeaveInTheirOrder(ModelRemote.Personality personality) {
    SenderHarness harness = new SenderHarness(personality);
    harness.send(1);
    harness.sender.ping();
    harness.send(2);
    harness.sender.close(1000, "");
    harness.send(3);
    harness.runUntilIdle();

    assertThat(harness.remote.done()).containsExactly("send 1", "ping", "send 2", "close 1000");
    assertThat(harness.remote.isMisused()).isFalse();
    assertThat(harness.closings()).isEqualTo(1);
    assertThat(harness.sender.queuedBytes()).isZero();
  }

  @Test
  void whatCompletesAtOnceLeavesTheSocketWritableWithoutAWord() {
    SenderHarness harness = new SenderHarness(ModelRemote.Personality.AT_ONCE);
    harness.send(1);

    assertThat(harness.sender.isWritable()).isTrue();
    assertThat(harness.writables()).isZero();
  }

  @Test
  void whatCompletesLaterIsToldWhenNothingWaits() {
    SenderHarness harness = new SenderHarness(ModelRemote.Personality.LATER);
    harness.send(1);
    harness.send(2);
    assertThat(harness.sender.isWritable()).isFalse();
    assertThat(harness.sender.queuedBytes()).isEqualTo(2);
    harness.remote.complete();
    assertThat(harness.writables()).isZero();
    harness.remote.complete();

    assertThat(harness.writables()).isEqualTo(1);
    assertThat(harness.sender.isWritable()).isTrue();
  }

  @Test
  void manyMessagesThatCompleteAtOnceTakeNoStack() {
    SenderHarness harness = new SenderHarness(ModelRemote.Personality.BOTH);
    for (int i = 0; i < 20_001; i++) {
      harness.send(1);
    }
    harness.runUntilIdle();

    assertThat(harness.remote.done()).hasSize(20_001);
  }

  @Test
  void aFailureIsToldOnceAndNothingFollows() {
    SenderHarness harness = new SenderHarness(ModelRemote.Personality.FAILS);
    harness.send(1);
    harness.send(2);
    harness.send(3);
    harness.sender.close(1000, "");
    harness.runUntilIdle();

    assertThat(harness.remote.done()).containsExactly("send 1", "send 2");
    assertThat(harness.failures()).isEqualTo(1);
    assertThat(harness.sender.isWritable()).isFalse();
    assertThat(harness.sender.queuedBytes()).isZero();
  }

  @Test
  void aPingThatWaitsIsEnough() {
    SenderHarness harness = new SenderHarness(ModelRemote.Personality.LATER);
    harness.send(1);
    harness.sender.ping();
    harness.sender.ping();
    harness.runUntilIdle();

    assertThat(harness.remote.done()).containsExactly("send 1", "ping");
  }

  @Test
  void afterTheEndNothingIsSent() {
    SenderHarness harness = new SenderHarness(ModelRemote.Personality.LATER);
    harness.send(1);
    harness.send(2);

    assertThat(harness.sender.end()).isFalse();
    assertThat(harness.sender.end()).isTrue();
    harness.sender.ping();
    harness.sender.close(1000, "");
    harness.runUntilIdle();
    assertThat(harness.remote.done()).containsExactly("send 1");
    assertThat(harness.writables()).isZero();
  }
}

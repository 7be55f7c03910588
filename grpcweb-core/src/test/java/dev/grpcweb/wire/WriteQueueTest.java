// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Hex;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WriteQueueTest {
  private final WriteQueue queue = new WriteQueue();

  @Test
  void writesAreTakenInTheirOrderEachOnItsOwn() {
    add("0102");
    add("03");

    assertThat(take(100)).isEqualTo("0102");
    assertThat(take(100)).isEqualTo("03");
    assertThat(take(100)).isEqualTo("nothing");
  }

  @Test
  void aWriteMayBeTakenInParts() {
    byte[] bytes = Hex.bytes("ff 01020304 ff");
    queue.add(bytes, 1, 4);

    assertThat(take(3)).isEqualTo("010203");
    assertThat(queue.size()).isEqualTo(1);
    assertThat(queue.isEmpty()).isFalse();
    assertThat(take(3)).isEqualTo("04");
    assertThat(queue.size()).isZero();
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void anEmptyWriteIsTakenToo() {
    add("");

    assertThat(queue.isEmpty()).isFalse();
    assertThat(take(100)).isEmpty();
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void discardKeepsAWriteOfWhichAPartWasTaken() {
    add("01020304");
    add("05");
    take(1);

    queue.discard();

    assertThat(queue.size()).isEqualTo(3);
    assertThat(take(100)).isEqualTo("020304");
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void discardForgetsWritesThatNobodyHasTouched() {
    add("01");
    take(1);
    add("02");

    queue.discard();

    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.size()).isZero();
  }

  @Test
  void clearForgetsEverything() {
    add("0102");
    take(1);

    queue.clear();
    add("03");

    assertThat(queue.size()).isEqualTo(1);
    assertThat(take(100)).isEqualTo("03");
  }

  private void add(String hex) {
    byte[] bytes = Hex.bytes(hex);
    queue.add(bytes, 0, bytes.length);
  }

  private String take(int max) {
    Slice slice = queue.take(max);
    return slice == null
        ? "nothing"
        : Hex.of(Arrays.copyOfRange(slice.bytes, slice.offset, slice.offset + slice.length));
  }
}

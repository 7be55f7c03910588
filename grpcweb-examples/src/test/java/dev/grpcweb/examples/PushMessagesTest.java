// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PushMessagesTest {

  private final PushMessages messages = new PushMessages(new FakeTime(), new Random(7));

  @Test
  void everyTypeComesInTime() {
    Set<String> types =
        IntStream.range(0, 200)
            .mapToObj(number -> messages.numbered(number).getDataType())
            .collect(Collectors.toSet());

    assertThat(types).containsExactlyInAnyOrder("系统状态", "用户活动", "数据更新", "通知消息", "性能指标");
  }

  @Test
  void valuesGoFrom1To999() {
    int[] values =
        IntStream.range(0, 20_000)
            .map(number -> value(messages.numbered(1).getData()))
            .sorted()
            .toArray();

    assertThat(values[0]).isEqualTo(1);
    assertThat(values[values.length - 1]).isEqualTo(999);
  }

  @Test
  void aNumberBeyondFourDigitsIsShownWhole() {
    assertThat(messages.numbered(12345).getData()).startsWith("#12345 - ");
  }

  private static int value(String text) {
    return Integer.parseInt(text.replaceFirst(".*数值: ", "").replaceFirst(" .*", ""));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import dev.grpcweb.examples.chat.RealtimePushResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** What a push says. Safe for use by any thread where the clock and the random source are. */
final class PushMessages implements PushSource<RealtimePushResponse> {

  private static final List<String> TYPES = List.of("系统状态", "用户活动", "数据更新", "通知消息", "性能指标");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Clock clock;
  private final RandomGenerator random;

  PushMessages(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  @Override
  public RealtimePushResponse numbered(int number) {
    Instant now = clock.instant();
    String text =
        String.format(
            Locale.ROOT,
            "#%04d - 数值: %d | 时间: %s",
            number,
            random.nextInt(1, 1000),
            TIME.format(now));
    return message(text, TYPES.get(random.nextInt(TYPES.size())), now);
  }

  @Override
  public RealtimePushResponse completed() {
    return message("实时推送测试完成！", "系统消息", clock.instant());
  }

  @Override
  public RealtimePushResponse failed() {
    return message("服务器错误: 推送已中断，请稍后重试", "错误消息", Instant.now());
  }

  private static RealtimePushResponse message(String text, String type, Instant time) {
    return RealtimePushResponse.newBuilder()
        .setData(text)
        .setTimestamp(time.getEpochSecond())
        .setDataType(type)
        .build();
  }
}

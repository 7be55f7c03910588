// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static dev.grpcweb.wire.Faults.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeoutTextTest {
  private static final long LONGEST = Long.MAX_VALUE - 1;

  @ParameterizedTest
  @CsvSource({
    "0n, 0",
    "1n, 1",
    "99999999n, 99999999",
    "1u, 1000",
    "250m, 250000000",
    "1S, 1000000000",
    "1M, 60000000000",
    "1H, 3600000000000",
    "0000000000000000000000007S, 7000000000",
    // 12 digits, as protobuf-ts sends them
    "123456789012m, 123456789012000000",
  })
  void digitsAndAUnit(String text, long nanos) {
    assertThat(TimeoutText.parseNanos(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @CsvSource({
    "1500.5m, 1500500000",
    "0.9n, 0",
    "1.9999n, 1",
    "0.0015u, 1",
    "1.0S, 1000000000",
    "0.123456789987654321S, 123456789",
    "0.5M, 30000000000",
    "0.00000000000028H, 1",
    "0.00000000000027H, 0",
    "0.999999999999999999999999999999999999999H, 3599999999999",
  })
  void aFractionIsRoundedDown(String text, long nanos) {
    assertThat(TimeoutText.parseNanos(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "99999999999950000000000000m",
        "9223372036854775807n",
        "9223372036854775808n",
        "9223372036854775806.9u",
        "9223372036.854775807S",
        "9223372036.999999999S",
        "9223372037S",
        "99999999H",
        "92233720368547758070000000000H",
        "18446744073709551617n",
      })
  void whatIsTooLongIsTheLongest(String text) {
    assertThat(TimeoutText.parseNanos(text)).isEqualTo(LONGEST);
  }

  @Test
  void theLongestIsNotNoTimeout() {
    assertThat(TimeoutText.parseNanos("9223372036854775806n")).isEqualTo(LONGEST);
    assertThat(TimeoutText.parseNanos("9223372036854775805n")).isEqualTo(LONGEST - 1);
    assertThat(TimeoutText.parseNanos("9223372036.854775805S")).isEqualTo(LONGEST - 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "m", "5", "1.5", ".", ".m", "-1S", "+1S", "1.S", ".5S", "1..5S", "1.5.5S", "1s", "1h",
        "1 S", " 1S", "1S ", "1e3m", "1x", "0x1S", "1Sm", "1,5S", "NaNm", "1.-5S", "1/S", "1:S",
        "\u0661S"
      })
  void anythingElseIsAFault(String text) {
    assertFault(
        () -> TimeoutText.parseNanos(text),
        Status.Code.INVALID_ARGUMENT,
        "Malformed grpc-timeout: expected digits and one of H, M, S, m, u, n, got \""
            + text
            + "\"");
  }

  @Test
  void aLongFaultIsQuotedInPart() {
    assertFault(
        () -> TimeoutText.parseNanos("x".repeat(65)),
        Status.Code.INVALID_ARGUMENT,
        "Malformed grpc-timeout: expected digits and one of H, M, S, m, u, n, got \""
            + "x".repeat(64)
            + "...\"");
    assertFault(
        () -> TimeoutText.parseNanos("x".repeat(64)),
        Status.Code.INVALID_ARGUMENT,
        "Malformed grpc-timeout: expected digits and one of H, M, S, m, u, n, got \""
            + "x".repeat(64)
            + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "-5, 0n",
    "0, 0n",
    "1, 1n",
    "99999999, 99999999n",
    "100000000, 100000u",
    "99999999999, 99999999u",
    "100000000000, 100000m",
    "99999999999999, 99999999m",
    "100000000000000, 100000S",
    "99999999999999999, 99999999S",
    "100000000000000000, 1666666M",
    "5999999999999999999, 99999999M",
    "6000000000000000000, 1666666H",
    "9223372036854775807, 2562047H",
  })
  void theFinestUnitThatFitsEightDigitsIsWritten(long nanos, String text) {
    assertThat(TimeoutText.format(nanos)).isEqualTo(text);
  }

  @Test
  void whatIsWrittenIsReadBackNoLongerThanItWas() {
    Random random = new Random(8);
    for (int round = 0; round < 10_000; round++) {
      long nanos = random.nextLong() >>> (1 + random.nextInt(63));
      String text = TimeoutText.format(nanos);
      long read = TimeoutText.parseNanos(text);

      assertThat(text).matches("\\d{1,8}[HMSmun]");
      assertThat(read).isLessThanOrEqualTo(nanos);
      // Eight digits keep at least five of them; hours are the coarsest.
      assertThat(nanos - read).isLessThanOrEqualTo(nanos / 100_000);
    }
  }

  @Test
  void fractionsAgreeWithExactArithmetic() {
    Random random = new Random(9);
    String[] units = {"n", "u", "m", "S", "M", "H"};
    long[] nanos = {1L, 1_000L, 1_000_000L, 1_000_000_000L, 60_000_000_000L, 3_600_000_000_000L};
    for (int round = 0; round < 5_000; round++) {
      int unit = random.nextInt(units.length);
      String number = random.nextInt(1_000_000) + "." + random.nextLong(Long.MAX_VALUE);

      assertThat(TimeoutText.parseNanos(number + units[unit]))
          .isEqualTo(new BigDecimal(number).multiply(BigDecimal.valueOf(nanos[unit])).longValue());
    }
  }
}

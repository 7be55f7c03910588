// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import io.grpc.Status;
import java.math.BigDecimal;
import java.util.concurrent.TimeUnit;

/**
 * {@code grpc-timeout}: digits and a unit, as {@code 250m}. Clients also send more than the eight
 * digits of the specification, and fractions; both are understood.
 *
 * <p>Without state. See <a
 * href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">PROTOCOL-HTTP2</a>,
 * Timeout.
 */
final class TimeoutText {
  /** One less than what says that there is no deadline. */
  private static final long LONGEST = Long.MAX_VALUE - 1;

  private static final long MOST_WRITTEN = 99_999_999;

  /** Of an hour, these digits say more than a nanosecond; a client may send many more. */
  private static final int MOST_FRACTION_DIGITS = 30;

  private static final int MOST_QUOTED = 64;

  private TimeoutText() {}

  /**
   * Returns the nanoseconds, rounded down and at most {@code Long.MAX_VALUE - 1}.
   *
   * @throws WireException if the text is no timeout
   */
  static long parseNanos(String text) {
    int unitAt = text.length() - 1;
    int point = text.indexOf('.');
    int wholeEnd = point < 0 ? unitAt : point;
    if (unitAt < 0
        || !areDigits(text, 0, wholeEnd)
        || (point >= 0 && !areDigits(text, point + 1, unitAt))) {
      throw malformed(text);
    }
    TimeUnit unit = unit(text);
    long nanos = unit.toNanos(wholeUnits(text, wholeEnd));
    if (point >= 0) {
      nanos += fractionNanos(text, point, unitAt, unit);
    }
    // The sum of a clamped whole and a fraction may have gone beyond the end.
    return nanos < 0 ? LONGEST : Math.min(nanos, LONGEST);
  }

  /** Returns the finest form in eight digits, rounded down; {@code 0n} for what has elapsed. */
  static String format(long nanos) {
    if (nanos <= MOST_WRITTEN) {
      return Math.max(0, nanos) + "n";
    }
    if (TimeUnit.NANOSECONDS.toMicros(nanos) <= MOST_WRITTEN) {
      return TimeUnit.NANOSECONDS.toMicros(nanos) + "u";
    }
    if (TimeUnit.NANOSECONDS.toMillis(nanos) <= MOST_WRITTEN) {
      return TimeUnit.NANOSECONDS.toMillis(nanos) + "m";
    }
    if (TimeUnit.NANOSECONDS.toSeconds(nanos) <= MOST_WRITTEN) {
      return TimeUnit.NANOSECONDS.toSeconds(nanos) + "S";
    }
    // A long holds fewer than 10^9 minutes; beyond eight digits of them, hours.
    long minutes = TimeUnit.NANOSECONDS.toMinutes(nanos);
    return minutes <= MOST_WRITTEN ? minutes + "M" : TimeUnit.NANOSECONDS.toHours(nanos) + "H";
  }

  private static TimeUnit unit(String text) {
    return switch (text.charAt(text.length() - 1)) {
      case 'H' -> TimeUnit.HOURS;
      case 'M' -> TimeUnit.MINUTES;
      case 'S' -> TimeUnit.SECONDS;
      case 'm' -> TimeUnit.MILLISECONDS;
      case 'u' -> TimeUnit.MICROSECONDS;
      case 'n' -> TimeUnit.NANOSECONDS;
      default -> throw malformed(text);
    };
  }

  private static long wholeUnits(String text, int end) {
    long units = 0;
    for (int i = 0; i < end; i++) {
      int digit = text.charAt(i) - '0';
      if (units > (Long.MAX_VALUE - digit) / 10) {
        return Long.MAX_VALUE;
      }
      units = units * 10 + digit;
    }
    return units;
  }

  private static long fractionNanos(String text, int point, int end, TimeUnit unit) {
    String digits = text.substring(point, Math.min(end, point + 1 + MOST_FRACTION_DIGITS));
    return new BigDecimal(digits).multiply(BigDecimal.valueOf(unit.toNanos(1))).longValue();
  }

  private static boolean areDigits(String text, int from, int end) {
    for (int i = from; i < end; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return from < end;
  }

  private static WireException malformed(String text) {
    String quoted = text.length() <= MOST_QUOTED ? text : text.substring(0, MOST_QUOTED) + "...";
    return new WireException(
        Status.INVALID_ARGUMENT.withDescription(
            "Malformed grpc-timeout: expected digits and one of H, M, S, m, u, n, got \""
                + quoted
                + "\""));
  }
}

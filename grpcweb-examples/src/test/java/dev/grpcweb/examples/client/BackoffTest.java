// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

  /** In the middle of every range. */
  private static final RandomGenerator EVEN = () -> Long.MIN_VALUE;

  @Test
  void eachWaitIsTwiceTheOneBeforeUpToTheLongest() {
    Backoff backoff = backoff(EVEN);

    assertThat(Stream.generate(backoff::next).limit(7).map(Duration::toSeconds))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
  }

  @Test
  void afterAResetItBeginsAnew() {
    Backoff backoff = backoff(EVEN);
    Stream.generate(backoff::next).limit(10).forEach(wait -> {});
    assertThat(backoff.isSpent()).isTrue();

    backoff.reset();
    assertThat(backoff.isSpent()).isFalse();
    assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void itIsSpentAfterAsManyWaitsAsThereMayBe() {
    Backoff backoff = backoff(EVEN);
    for (int n = 0; n < 10; n++) {
      assertThat(backoff.isSpent()).isFalse();
      assertThat(backoff.next()).isPositive();
    }
    assertThat(backoff.isSpent()).isTrue();
  }

  @Test
  void aWaitIsUpToAFifthLongerOrShorter() {
    Random random = new Random(1);
    assertThat(Stream.generate(() -> backoff(random).next().toMillis()).limit(1000))
        .allSatisfy(wait -> assertThat(wait).isBetween(800L, 1200L))
        .anySatisfy(wait -> assertThat(wait).isLessThan(820))
        .anySatisfy(wait -> assertThat(wait).isGreaterThan(1180));
  }

  private static Backoff backoff(RandomGenerator random) {
    return new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), 10, random);
  }
}

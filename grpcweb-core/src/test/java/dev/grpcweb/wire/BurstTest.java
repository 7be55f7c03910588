// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.RecordingExchange;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BurstTest {
  private static final WireFormat FORMAT = new GrpcWebFormat(false, false);

  private final RecordingExchange exchange = new RecordingExchange();
  private final Burst burst = new Burst();

  @BeforeEach
  void begin() {
    exchange.begin(new ResponseHead(200, new Headers()));
  }

  @Test
  void anEmptyBurstHasNeitherRoomNorAnythingToPassOn() {
    assertThat(burst.size()).isZero();
    assertThat(burst.hasRoom(1)).isFalse();
    assertThat(burst.passOn(FORMAT, exchange)).isFalse();
    assertThat(exchange.events()).containsExactly("begin");
  }

  @Test
  void aQuietStreamTakesNoMoreThanItsFrameAndItsTrailersNeed() {
    burst.renew(100, true);

    assertThat(burst.claim()).hasSize(100 + 64);
    assertThat(burst.end()).isZero();
  }

  @Test
  void theArraysOfABusyStreamGrowUpToAFullBurst() {
    int[] sizes = new int[10];
    for (int i = 0; i < sizes.length; i++) {
      burst.renew(100, false);
      sizes[i] = burst.claim().length;
    }

    assertThat(sizes).containsExactly(256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 32768, 32768);
  }

  @Test
  void afterAQuietTimeTheArraysAreSmallAgain() {
    burst.renew(100, false);
    burst.renew(100, false);
    burst.renew(100, true);
    burst.renew(100, false);

    assertThat(burst.claim()).hasSize(256);
  }

  @Test
  void theArraysOfABusyStreamShrinkToTwiceWhatABurstNeeds() {
    for (int i = 0; i < 8; i++) {
      burst.renew(100, false);
    }
    int[] sizes = new int[6];
    for (int i = 0; i < sizes.length; i++) {
      gather("x".repeat(1500));
      burst.passOn(FORMAT, exchange);
      burst.rest();
      burst.renew(100, false);
      sizes[i] = burst.claim().length;
      burst.release();
    }

    assertThat(sizes).containsExactly(16384, 8192, 4096, 3000, 3000, 3000);
  }

  @Test
  void aLargeFrameGetsAnArrayOfItsSize() {
    burst.renew(100_000, false);

    assertThat(burst.claim()).hasSize(100_000);
  }

  @Test
  void whatWasCommittedIsPassedOnOnce() {
    gather("abc");
    gather("de");
    assertThat(burst.size()).isEqualTo(5);

    assertThat(burst.passOn(FORMAT, exchange)).isTrue();
    assertThat(burst.passOn(FORMAT, exchange)).isFalse();

    assertThat(burst.size()).isZero();
    assertThat(exchange.writes()).containsExactly("abcde".getBytes(US_ASCII));
  }

  @Test
  void whatWasReleasedIsNot() {
    gather("abc");
    burst.claim()[burst.end()] = 'x';
    burst.release();
    gather("de");

    burst.passOn(FORMAT, exchange);

    assertThat(exchange.writes()).containsExactly("abcde".getBytes(US_ASCII));
  }

  @Test
  void whatWasDroppedIsNot() {
    gather("abc");
    burst.drop();
    gather("de");

    burst.passOn(FORMAT, exchange);

    assertThat(exchange.writes()).containsExactly("de".getBytes(US_ASCII));
  }

  @Test
  void atRestNoArrayIsHeldUnlessTheSenderWritesIntoIt() {
    gather("abc");
    burst.passOn(FORMAT, exchange);
    burst.claim();
    burst.rest();
    assertThat(burst.hasRoom(1)).isTrue();

    burst.release();
    burst.rest();

    assertThat(burst.hasRoom(1)).isFalse();
  }

  @Test
  void aLastFrameGoesWhereThereIsRoom() {
    gather("abc");
    burst.append("de".getBytes(US_ASCII), () -> burst.passOn(FORMAT, exchange));

    burst.passOn(FORMAT, exchange);

    assertThat(exchange.writes()).containsExactly("abcde".getBytes(US_ASCII));
  }

  @Test
  void aLastFrameWithoutRoomFollowsOnItsOwn() {
    gather("abc");
    burst.append(new byte[5000], () -> burst.passOn(FORMAT, exchange));

    burst.passOn(FORMAT, exchange);

    assertThat(exchange.writes()).containsExactly("abc".getBytes(US_ASCII), new byte[5000]);
  }

  @Test
  void aLastFrameDoesNotTouchWhatTheSenderWrites() {
    gather("abc");
    byte[] claimed = burst.claim();
    burst.append("de".getBytes(US_ASCII), () -> burst.passOn(FORMAT, exchange));

    burst.passOn(FORMAT, exchange);

    assertThat(exchange.writes())
        .containsExactly("abc".getBytes(US_ASCII), "de".getBytes(US_ASCII));
    assertThat(claimed[3]).isZero();
  }

  private void gather(String frame) {
    byte[] bytes = frame.getBytes(US_ASCII);
    if (!burst.hasRoom(bytes.length)) {
      burst.renew(bytes.length, false);
    }
    System.arraycopy(bytes, 0, burst.claim(), burst.end(), bytes.length);
    burst.commit(bytes.length);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Hex;
import dev.grpcweb.testing.Patience;
import dev.grpcweb.transport.ExchangeInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestBufferTest {
  /** Remembers what it is told, and may do something within. */
  private static class Call implements ExchangeInput {
    final List<String> told = new ArrayList<>();
    Runnable within = () -> {};

    @Override
    public void received(byte[] bytes, int offset, int length) {
      told.add(Hex.of(Arrays.copyOfRange(bytes, offset, offset + length)));
      within.run();
    }

    @Override
    public void receivedEnd() {
      told.add("end");
    }

    @Override
    public void opened() {
      throw new AssertionError("opened");
    }

    @Override
    public void writable() {
      throw new AssertionError("writable");
    }

    @Override
    public void completed() {
      throw new AssertionError("completed");
    }

    @Override
    public void disconnected(Throwable cause) {
      throw new AssertionError(cause);
    }
  }

  private final List<Integer> taken = new ArrayList<>();
  private final Call call = new Call();
  private final RequestBuffer buffer = new RequestBuffer(taken::add);

  RequestBufferTest() {
    buffer.bind(call);
  }

  @Test
  void nothingIsPassedOnUnasked() {
    add("0102");
    buffer.end();

    assertThat(call.told).isEmpty();
    assertThat(buffer.size()).isEqualTo(2);
  }

  @Test
  void eachQuestionIsAnsweredOnce() {
    add("0102");
    buffer.end();
    buffer.ask();
    assertThat(call.told).containsExactly("0102");
    buffer.ask();

    assertThat(call.told).containsExactly("0102", "end");
    assertThat(buffer.size()).isZero();
    assertThat(taken).containsExactly(2);
  }

  @Test
  void aQuestionWaitsForWhatComes() {
    buffer.ask();
    buffer.ask();
    add("01");
    add("02");

    assertThat(call.told).containsExactly("01");
    assertThat(buffer.size()).isEqualTo(1);
  }

  @Test
  void theEndAnswersAQuestionToo() {
    buffer.ask();
    buffer.end();

    assertThat(call.told).containsExactly("end");
  }

  @Test
  void nothingFollowsTheEnd() {
    buffer.ask();
    buffer.end();
    buffer.ask();
    add("01");
    buffer.end();

    assertThat(call.told).containsExactly("end");
    assertThat(buffer.size()).isZero();
  }

  @Test
  void noBytesAreNoAnswer() {
    buffer.ask();
    add("");
    add("01");

    assertThat(call.told).containsExactly("01");
  }

  @Test
  void aLongPartIsPassedOnInChunks() {
    byte[] bytes = new byte[2 * RequestBuffer.CHUNK + 1];
    buffer.add(bytes, 0, bytes.length);
    buffer.ask();
    buffer.ask();
    buffer.ask();

    assertThat(taken).containsExactly(RequestBuffer.CHUNK, RequestBuffer.CHUNK, 1);
    assertThat(buffer.size()).isZero();
  }

  @Test
  void shortPartsThatWaitArePassedOnTogether() {
    for (int i = 0; i < 5000; i++) {
      add("07");
    }
    buffer.ask();
    buffer.ask();
    buffer.ask();

    // Not one of them is lost, and they did not cost an array each.
    assertThat(String.join("", call.told)).isEqualTo("07".repeat(5000));
    assertThat(call.told).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void whatWasPassedOnIsNotChangedByWhatComesLater() {
    byte[] first = new byte[10];
    buffer.add(first, 0, 2);
    buffer.ask();
    add("ff");

    assertThat(first).containsOnly(0);
  }

  @Test
  void whoAsksWithinIsServedAfterwards() {
    call.within = buffer::ask;
    add("01");
    add("02");
    buffer.ask();

    assertThat(call.told).hasSize(2);
  }

  @Test
  void closeForgetsEverything() {
    add("01");
    buffer.close();
    buffer.ask();
    add("02");
    buffer.end();

    assertThat(call.told).isEmpty();
    assertThat(buffer.size()).isZero();
  }

  @Test
  void closeFromWithinIsHeard() {
    call.within = buffer::close;
    add("01");
    add("02");
    buffer.ask();
    buffer.ask();

    assertThat(call.told).containsExactly("01");
  }

  @Test
  void nothingIsLostBetweenTwoThreads() throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    StringBuilder got = new StringBuilder();
    RequestBuffer shared = new RequestBuffer(length -> {});
    shared.bind(
        new Call() {
          @Override
          public void received(byte[] bytes, int offset, int length) {
            got.append(Hex.of(Arrays.copyOfRange(bytes, offset, offset + length)));
          }

          @Override
          public void receivedEnd() {
            ended.countDown();
          }
        });
    Thread asking =
        new Thread(
            () -> {
              while (ended.getCount() > 0) {
                shared.ask();
              }
            });
    asking.start();
    Random random = new Random(1);
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      byte[] part = new byte[1 + random.nextInt(3)];
      random.nextBytes(part);
      sent.append(Hex.of(part));
      shared.add(part, 0, part.length);
    }
    shared.end();

    assertThat(ended.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    asking.join();
    assertThat(got).hasToString(sent.toString());
  }

  private void add(String hex) {
    byte[] bytes = Hex.bytes(hex);
    buffer.add(bytes, 0, bytes.length);
  }
}

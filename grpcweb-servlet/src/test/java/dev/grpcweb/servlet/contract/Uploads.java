// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Uploads that a client is made to wait with, where it can be told to. */
interface Uploads extends Fixture {
  @ParameterizedTest
  @MethodSource("formats")
  default void anUploadThatNobodyAsksForIsNotBuffered(Format format) throws Exception {
    String id = newId();
    ClientCall call = open(format, "Ignore", id);
    log().call(id).awaitStart();
    AtomicLong taken = new AtomicLong();
    byte[] chunk = format.message(String.join("", Collections.nCopies(4096, "eight by")));
    Thread sender =
        new Thread(
            () -> {
              try {
                while (taken.get() < 4L * FlowControl.MOST_BUFFERED) {
                  call.http().send(chunk);
                  taken.addAndGet(chunk.length);
                }
              } catch (IOException vanished) {
                // The test has seen enough.
              }
            });
    sender.start();
    awaitStandstill(taken);
    assertThat(sender.isAlive()).as("still sending").isTrue();
    assertThat(taken.get()).isLessThan(FlowControl.MOST_BUFFERED);
    assertThat(log().call(id).messages()).isZero();
    settle();
    call.http().vanish();
    sender.join(Http1Connection.PATIENCE_MILLIS);
    assertThat(sender.isAlive()).isFalse();
    if (!resetsShowAtOnce()) {
      // Behind bytes that nobody takes the end is not to be seen.
      Patience.pause();
      assertThat(log().call(id).hasEnded()).isFalse();
      log().call(id).awaitStart().request(Integer.MAX_VALUE);
    }
    assertThat(log().call(id).awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
  }

  private static void awaitStandstill(AtomicLong counter) {
    AtomicLong before = new AtomicLong();
    await()
        .pollInterval(Duration.ofMillis(250))
        .until(() -> counter.get() > 0 && before.getAndSet(counter.get()) == counter.get());
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void anUploadOfEightMebibytesIsReadAsItComes(Format format) throws IOException {
    ClientCall call = open(format, "Measure");
    String text = String.join("", Collections.nCopies(2048, "eight by"));
    for (int i = 0; i < 512; i++) {
      call.send(text);
    }
    assertThat(call.halfClose().rest()).containsExactly("512 " + 512 * text.length());
  }
}

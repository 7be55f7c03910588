// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.Patience.await;
import static dev.grpcweb.servlet.contract.Patience.pause;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backpressure both ways: nobody is made to hold what the other side does not take. */
interface FlowControl extends Fixture {
  /** What windows and the buffers of the two sockets may take, and no service has asked for. */
  int MOST_BUFFERED = 8 << 20;

  @ParameterizedTest
  @MethodSource("formats")
  default void aSlowReaderGetsEveryByte(Format format) throws Exception {
    aSlowReaderGetsEveryByte(format, "Count");
    aSlowReaderGetsEveryByte(format, "Flood");
  }

  private void aSlowReaderGetsEveryByte(Format format, String method) throws Exception {
    int count = 2048;
    int size = 4096;
    ClientCall call = call(format, method, count + " " + size);
    for (int i = 0; i < count; i++) {
      if (i % 256 == 0) {
        // The server's buffers fill, and it waits.
        Thread.sleep(20);
      }
      byte[] message = call.nextBytes();
      assertThat(message).as("message %s", i).hasSize(size);
      assertThat(new String(message, 0, 5, java.nio.charset.StandardCharsets.US_ASCII))
          .startsWith(String.valueOf(i));
    }
    assertThat(call.rest()).isEmpty();
    assertThat(call.code()).isEqualTo(Status.Code.OK);
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aCallIsNotReadyWhileItsClientDoesNotRead(Format format) throws IOException {
    String id = newId();
    ClientCall call = open(format, "Hold", id).send("open").halfClose();
    ServedCall served = log().call(id);
    served.awaitHalfClose();
    ServerCall<String, String> server = served.awaitStart();
    String chunk = String.join("", Collections.nCopies(2048, "eight by"));
    int sent = 0;
    int readyBefore;
    do {
      while (server.isReady()) {
        assertThat(sent * chunk.length()).as("sent").isLessThan(4 * MOST_BUFFERED);
        server.sendMessage(chunk);
        sent++;
      }
      // The queue is also full while the container is busy; that passes without the client.
      pause();
      // Asked before the call is: what is counted later may be the answer to this refusal.
      readyBefore = served.readyCalls();
    } while (server.isReady());
    int refusedAt = readyBefore;
    for (int i = 0; i < sent; i++) {
      assertThat(call.nextBytes()).hasSize(chunk.length());
    }
    await().untilAsserted(() -> assertThat(served.readyCalls()).isGreaterThan(refusedAt));
    // A container that flushes once more may be busy with that.
    await().until(server::isReady);
    served.close(Status.OK);
    assertThat(call.rest()).isEmpty();
  }

  /** A container may cut off what it has not sent when the response is completed. */
  @ParameterizedTest
  @MethodSource("formats")
  default void aResponseThatEndsBeforeItsClientReadsIsWhole(Format format) throws IOException {
    String id = newId();
    ClientCall call = open(format, "Hold", id).send("open").halfClose();
    ServedCall served = log().call(id);
    served.awaitHalfClose();
    served.push("-".repeat(MOST_BUFFERED));
    served.close(Status.OK);
    Patience.pause();
    assertThatCode(() -> assertThat(call.nextBytes()).hasSize(MOST_BUFFERED))
        .doesNotThrowAnyException();
    assertThat(call.code()).isEqualTo(Status.Code.OK);
  }

  /** A container may forget a flush that comes while the one before it is under way. */
  @ParameterizedTest
  @ValueSource(ints = {3, 10, 30, 100, 1000})
  default void everyFlushedMessageArrivesWhileTheStreamIsOpen(int count) throws IOException {
    for (Format format : formats()) {
      String id = newId();
      ClientCall call = open(format, "Hold", id).send("open").halfClose();
      ServedCall served = log().call(id);
      served.awaitHalfClose();
      for (int i = 0; i < count; i++) {
        served.push(i + "-".repeat(1024));
      }
      for (int i = 0; i < count; i++) {
        assertThat(call.next()).as("%s, message %s", format, i).startsWith(i + "-");
      }
      served.close(Status.OK);
      assertThat(call.rest()).isEmpty();
    }
  }

  /** The window is 64 KiB wide; what it cuts off is not forgotten. */
  @ParameterizedTest
  @MethodSource("formats")
  default void aMessageLargerThanTheClientsWindowArrivesWhileItsStreamIsOpen(Format format)
      throws IOException {
    for (int size : new int[] {65_000, 65_533, 66_000, 70_000, 100_001, 300_000}) {
      String id = newId();
      ClientCall call = open(format, "Hold", id).send("open").halfClose();
      log().call(id).push("-".repeat(size));
      Patience.pause();
      assertThat(call.nextBytes()).hasSize(size);
      log().call(id).close(Status.OK);
      assertThat(call.rest()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void messagesAreDeliveredAsTheyAreAskedFor(Format format) throws IOException {
    String id = newId();
    ClientCall call = open(format, "Ignore", id).send("1", "2", "3", "4").halfClose();
    ServedCall served = log().call(id);
    ServerCall<String, String> server = served.awaitStart();
    for (int i = 1; i <= 4; i++) {
      assertThat(served.messages()).isEqualTo(i - 1);
      assertThat(served.isHalfClosed()).isFalse();
      server.request(1);
      int seen = i;
      await().untilAsserted(() -> assertThat(served.messages()).isEqualTo(seen));
    }
    served.awaitHalfClose();
    server.sendHeaders(new io.grpc.Metadata());
    server.sendMessage("done");
    served.close(Status.OK);
    assertThat(call.rest()).containsExactly("done");
  }

  /**
   * The end may be told from inside the read that brings the last bytes, by the thread that reads.
   */
  @ParameterizedTest
  @MethodSource("formats")
  default void theEndOfAnUploadComesBehindItsLastBytes(Format format) throws IOException {
    String id = newId();
    // More than what is read ahead, so that the rest waits for the thread that asks.
    ClientCall call = open(format, "Ignore", id).send("-".repeat(20 * 1024), "last").halfClose();
    ServedCall served = log().call(id);
    ServerCall<String, String> server = served.awaitStart();
    Patience.pause();
    server.request(2);
    served.awaitHalfClose();
    assertThat(served.messages()).isEqualTo(2);
    served.close(Status.ABORTED);
    assertThat(call.code()).isEqualTo(Status.Code.ABORTED);
  }

  @Test
  default void theEndOfARequestIsSeenWithoutDemand() throws IOException {
    String id = newId();
    ClientCall call = open(Format.BINARY, "Ignore", id).halfClose();
    log().call(id).awaitHalfClose();
    log().call(id).close(Status.ABORTED);
    assertThat(call.code()).isEqualTo(Status.Code.ABORTED);
  }

  @Test
  default void aBrokenFrameIsSeenWithoutDemand() throws IOException {
    String id = newId();
    ClientCall call = open(Format.BINARY, "Ignore", id);
    log().call(id).awaitStart();
    call.http().send(new byte[] {2, 0, 0, 0, 0});
    assertThat(call.next()).isNull();
    assertThat(call.arrivedCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(log().call(id).awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
  }
}

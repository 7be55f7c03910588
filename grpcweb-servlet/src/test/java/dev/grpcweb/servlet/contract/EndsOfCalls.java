// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.ClientCall.fields;
import static dev.grpcweb.servlet.contract.Patience.await;
import static dev.grpcweb.servlet.contract.Patience.pause;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Deadlines, early answers, clients that go away. */
interface EndsOfCalls extends Fixture {
  @ParameterizedTest
  @MethodSource("formats")
  default void aDeadlineEndsACallThatHasNotAnswered(Format format) throws IOException {
    String id = newId();
    Map<String, String> fields = fields(format);
    fields.put(CallLog.CALL_ID, id);
    fields.put("grpc-timeout", "50m");
    ClientCall call = call(connect(), format, "Wait", fields, format.message("a"));
    assertThat(call.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    ServedCall served = log().call(id);
    assertThat(served.awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    await().until(() -> served.context().isCancelled());
    assertThat(served.ends()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aDeadlineEndsAStreamBehindItsMessages(Format format) throws IOException {
    List<String> messages = List.of();
    // A message that was too late for one deadline is in time for a longer one.
    for (int millis = 200; messages.isEmpty() && millis < 10_000; millis *= 2) {
      String id = newId();
      Map<String, String> fields = fields(format);
      fields.put(CallLog.CALL_ID, id);
      fields.put("grpc-timeout", millis + "m");
      ClientCall call = call(connect(), format, "Hold", fields, format.message("a"));
      log().call(id).push("in time");
      messages = call.rest();
      assertThat(call.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(log().call(id).awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    }
    assertThat(messages).containsExactly("in time");
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aDeadlineThatHasPassedEndsTheCallAtOnce(Format format) throws IOException {
    HttpConnection connection = connect();
    Map<String, String> fields = fields(format);
    fields.put("grpc-timeout", "0n");
    ClientCall call = call(connection, format, "Wait", fields, format.message("a"));
    assertThat(call.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(connection.isOpen()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aCallMayBeRefusedBeforeItIsSent(Format format) throws IOException {
    HttpConnection connection = connect();
    ClientCall call = open(connection, format, "Refuse", fields(format));
    assertThat(call.next()).isNull();
    assertThat(call.arrivedCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    if (!protocol().isHttp2()) {
      // There the response ends when the request has, or has been silent for long.
      call.halfClose();
    }
    assertThat(call.code()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(call.message()).isEqualTo("not you");
  }

  /** The answer to an upload is read, and the connection serves the next call. */
  @ParameterizedTest
  @MethodSource("formats")
  default void anUploadThatIsRefusedLeavesTheConnectionOpen(Format format) throws IOException {
    HttpConnection connection = connect();
    String megabyte = String.join("", Collections.nCopies(1 << 17, "eight by"));
    byte[] body = format.messages(megabyte, "more");
    for (String method : new String[] {"Refuse", "Nothing"}) {
      ClientCall call = call(connection, format, method, fields(format), body);
      assertThat(call.code()).isIn(Status.Code.PERMISSION_DENIED, Status.Code.UNIMPLEMENTED);
    }
    assertThat(connection.isOpen()).isTrue();
    ClientCall next = call(connection, format, "Echo", fields(format), format.message("next"));
    assertThat(next.rest()).containsExactly("next");
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aClientThatGoesAwayCancelsItsStream(Format format) throws IOException {
    HttpConnection connection = connect();
    String id = newId();
    Map<String, String> fields = fields(format);
    fields.put(CallLog.CALL_ID, id);
    ClientCall call = open(connection, format, "Hold", fields).send("open").halfClose();
    ServedCall served = log().call(id);
    served.awaitHalfClose();
    served.push("first");
    assertThat(call.next()).isEqualTo("first");
    settle();
    call.http().vanish();
    if (!resetsShowAtOnce()) {
      if (protocol().isHttp2()) {
        // Whoever answers this has read the reset before it.
        goesOn(connection);
      }
      // Only writing tells: the second write at the latest.
      pushUntilTheEnd(served, 2);
    }
    assertThat(served.awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    await().until(() -> served.context().isCancelled());
    assertThat(served.ends()).isEqualTo(1);
    served.push("into the void");
    assertThat(served.awaitStart().isCancelled()).isTrue();
    assertThat(served.awaitStart().isReady()).isFalse();
  }

  @Test
  default void aConnectionThatIsClosedCancelsItsStreams() throws IOException {
    HttpConnection connection = connect();
    String id = newId();
    Map<String, String> fields = fields(Format.BINARY);
    fields.put(CallLog.CALL_ID, id);
    call(connection, Format.BINARY, "Hold", fields, Format.BINARY.message("open"));
    ServedCall served = log().call(id);
    served.awaitHalfClose();
    settle();
    connection.close();
    if (!resetsShowAtOnce()) {
      pushUntilTheEnd(served, 3);
    }
    assertThat(served.awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
  }

  /** Pushes as often as a container may need to notice that its client is gone, and no more. */
  private static void pushUntilTheEnd(ServedCall served, int most) {
    ServerCall<String, String> server = served.awaitStart();
    server.setOnReadyThreshold(1);
    // A container that tells has had the time to.
    pause();
    assertThat(served.hasEnded()).isFalse();
    long patienceMillis = 250;
    for (int i = 0; i < most && !served.hasEnded(); i++) {
      served.push("are you there?");
      // Messages that wait are one write, and what a write brings up may take its time.
      await().until(() -> served.hasEnded() || server.isReady());
      served.awaitEnd(patienceMillis);
      patienceMillis *= 4;
    }
  }

  @Test
  default void aClientThatGoesAwayInItsUploadCancelsTheCall() throws IOException {
    String id = newId();
    ClientCall call = open(Format.BINARY, "Join", id).send("a word");
    ServedCall served = log().call(id);
    await().untilAsserted(() -> assertThat(served.messages()).isEqualTo(1));
    settle();
    call.http().vanish();
    assertThat(served.awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    assertThat(served.isHalfClosed()).isFalse();
  }

  @Test
  default void aClientThatGoesAwayIsNoticedWithoutDemand() throws IOException {
    String id = newId();
    ClientCall call = open(Format.BINARY, "Ignore", id);
    if (resetsShowAtOnce()) {
      // Elsewhere the end is behind what nobody reads.
      call.send("a word");
    }
    ServedCall served = log().call(id);
    served.awaitStart();
    settle();
    call.http().vanish();
    assertThat(served.awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aStreamThatItsClientCannotFollowIsCutAtItsLimit(Format format) throws IOException {
    String id = newId();
    ClientCall call = open(format, "Hold", id).send("open").halfClose();
    ServedCall served = log().call(id);
    served.awaitHalfClose();
    String chunk = String.join("", Collections.nCopies(1 << 17, "eight by"));
    int sent = 0;
    while (!served.awaitStart().isCancelled() && sent < 100) {
      served.push(chunk);
      sent++;
    }
    assertThat(sent).as("messages of a MiB").isBetween(45, 99);
    assertThat(served.awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    assertThat(call.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.ClientCall.fields;
import static dev.grpcweb.servlet.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All four kinds of calls, with messages of all sizes. */
interface KindsOfCalls extends Fixture {
  @ParameterizedTest
  @MethodSource("formats")
  default void aUnaryCallIsAnswered(Format format) throws IOException {
    ClientCall call = call(format, "Echo", "grüß dich");
    assertThat(call.http().status()).isEqualTo(200);
    assertThat(call.http().header("content-type")).isEqualTo(format.contentType());
    assertThat(call.rest()).containsExactly("grüß dich");
    assertThat(call.code()).isEqualTo(Status.Code.OK);
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aUnaryRequestMayComeInPieces(Format format) throws IOException {
    ClientCall call = open(format, "Echo");
    for (byte piece : format.message("piece by piece")) {
      call.http().send(new byte[] {piece});
    }
    assertThat(call.halfClose().rest()).containsExactly("piece by piece");
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aConnectionServesOneCallAfterTheOther(Format format) throws IOException {
    HttpConnection connection = connect();
    for (int i = 0; i < 20; i++) {
      String text = "call " + i;
      ClientCall call = call(connection, format, "Echo", fields(format), format.message(text));
      assertThat(call.rest()).containsExactly(text);
    }
    assertThat(connection.isOpen()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aServerStreamSendsAll(Format format) throws IOException {
    ClientCall call = call(format, "Count", "1000 3");
    List<String> received = call.rest();
    assertThat(received).hasSize(1000).startsWith("0--", "1--").endsWith("998", "999");
    assertThat(call.code()).isEqualTo(Status.Code.OK);
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aServerStreamMayHaveNothing(Format format) throws IOException {
    ClientCall call = call(format, "Count", "0");
    assertThat(call.rest()).isEmpty();
    assertThat(call.code()).isEqualTo(Status.Code.OK);
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void eachMessageOfAStreamArrivesWhenItIsSent(Format format) throws IOException {
    String id = newId();
    ClientCall call = open(format, "Hold", id).send("open").halfClose();
    ServedCall served = log().call(id);
    served.awaitHalfClose();
    for (int i = 0; i < 5; i++) {
      served.push("message " + i);
      assertThat(call.next()).isEqualTo("message " + i);
    }
    served.close(Status.OK);
    assertThat(call.rest()).isEmpty();
    assertThat(call.code()).isEqualTo(Status.Code.OK);
    assertThat(served.awaitEnd()).isEqualTo(ServedCall.End.COMPLETE);
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void headersOfAStreamArriveBeforeItsFirstMessage(Format format) throws IOException {
    String id = newId();
    ClientCall call = open(format, "Hold", id).send("open").halfClose();
    assertThat(call.http().status()).isEqualTo(200);
    log().call(id).close(Status.OK);
    assertThat(call.rest()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aClientStreamIsReadWhileItIsSent(Format format) throws IOException {
    String id = newId();
    ClientCall call = open(format, "Join", id);
    ServedCall served = log().call(id);
    for (int i = 0; i < 5; i++) {
      call.send("word" + i);
      int seen = i + 1;
      await().untilAsserted(() -> assertThat(served.messages()).isEqualTo(seen));
    }
    call.halfClose();
    assertThat(call.rest()).containsExactly("word0,word1,word2,word3,word4");
    assertThat(call.code()).isEqualTo(Status.Code.OK);
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aClientStreamMayHaveNothing(Format format) throws IOException {
    assertThat(open(format, "Join").halfClose().rest()).containsExactly("");
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aCallBothWaysMaySpeakFirstAndListenThen(Format format) throws IOException {
    ClientCall call = open(format, "Chat").send("one", "two").send("three").halfClose();
    assertThat(call.rest()).containsExactly("re: one", "re: two", "re: three");
    assertThat(call.code()).isEqualTo(Status.Code.OK);
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void anEmptyMessageIsAMessage(Format format) throws IOException {
    assertThat(call(format, "Echo", "").rest()).containsExactly("");
    assertThat(open(format, "Chat").send("", "").halfClose().rest())
        .containsExactly("re: ", "re: ");
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void manyTinyMessagesArriveInTheirOrder(Format format) throws IOException {
    String[] texts = IntStream.range(0, 5000).mapToObj(String::valueOf).toArray(String[]::new);
    ClientCall call = open(format, "Join").send(texts).halfClose();
    assertThat(call.rest()).containsExactly(String.join(",", texts));
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aMessageOfThreeMebibytesGoesThereAndBack(Format format) throws IOException {
    String big = String.join("", Collections.nCopies(3 << 17, "12345678"));
    assertThat(call(format, "Echo", big).rest()).containsExactly(big);
  }
}

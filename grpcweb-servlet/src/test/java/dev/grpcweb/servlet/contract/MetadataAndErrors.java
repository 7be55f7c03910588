// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.ClientCall.fields;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Metadata both ways, what a service learns of its caller, and its errors. */
interface MetadataAndErrors extends Fixture {
  @ParameterizedTest
  @MethodSource("formats")
  default void metadataGoesThereAndBack(Format format) throws IOException {
    Map<String, String> fields = fields(format);
    fields.put("x-text", "a b,c");
    fields.put("X-Mixed", "case");
    fields.put("x-padded-bin", "AAE=");
    fields.put("x-several-bin", "AAE,AgM=, BA");
    fields.put("x-none", "");
    ClientCall call = call(connect(), format, "Metadata", fields, format.message("go"));
    assertThat(call.rest()).containsExactly("metadata");
    assertThat(call.http().header("x-text")).isEqualTo("a b,c");
    assertThat(call.http().header("x-mixed")).isEqualTo("case");
    assertThat(call.http().header("x-padded-bin")).isEqualTo("AAE");
    assertThat(call.http().header("x-several-bin")).isEqualTo("AAE,AgM,BA");
    assertThat(call.trailers())
        .containsEntry("trail-x-text", "a b,c")
        .containsEntry("trail-x-mixed", "case")
        .containsEntry("trail-x-padded-bin", "AAE")
        .containsEntry("trail-x-several-bin", "AAE,AgM,BA")
        .containsEntry("trail-x-none", "")
        .containsEntry("grpc-status", "0");
  }

  @ParameterizedTest
  @CsvSource({
    "application/grpc-web",
    "APPLICATION/GRPC-WEB+PROTO",
    "application/grpc-web+proto; charset=utf-8",
    "application/grpc-web+proto; charset=utf-9"
  })
  default void aContentTypeHasItsFormsThatMeanTheSame(String type) throws IOException {
    Map<String, String> fields = fields(Format.BINARY);
    fields.put("content-type", type);
    ClientCall call = call(connect(), Format.BINARY, "Echo", fields, Format.BINARY.message("a"));
    assertThat(call.rest()).containsExactly("a");
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aServiceKnowsWhoCallsIt(Format format) throws IOException {
    Map<String, String> fields = fields(format);
    fields.put(CallLog.CALL_ID, newId());
    fields.put("grpc-timeout", "90000m");
    HttpConnection connection = connect();
    ClientCall call = call(connection, format, "Facts", fields, format.message("who"));
    Properties facts = CallFacts.parse(call.rest().get(0));
    assertThat(facts.getProperty("method")).isEqualTo("test.Texts/Facts");
    assertThat(facts.getProperty("authority")).startsWith("localhost:");
    String port = facts.getProperty("authority").substring("localhost:".length());
    assertThat(facts.getProperty("local")).matches(".*/127\\.0\\.0\\.1:" + port);
    assertThat(facts.getProperty("remote")).matches(".*/127\\.0\\.0\\.1:[0-9]+");
    if (connection instanceof Http1Connection http1) {
      assertThat(facts.getProperty("remote")).endsWith(":" + http1.localAddress().getPort());
    }
    assertThat(Long.parseLong(facts.getProperty("deadline"))).isBetween(80_000L, 90_000L);
    assertThat(facts.getProperty("security"))
        .isEqualTo(protocol().isSecure() ? "PRIVACY_AND_INTEGRITY" : "NONE");
    assertThat(facts.getProperty("peer"))
        .isEqualTo(protocol().isSecure() ? "CN=localhost" : "no session");
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aStatusComesWithItsMessageAndTrailers(Format format) throws IOException {
    ClientCall call = call(format, "Fail", "FAILED_PRECONDITION 100 % grün\n");
    assertThat(call.rest()).isEmpty();
    assertThat(call.http().status()).isEqualTo(200);
    assertThat(call.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(call.message()).isEqualTo("100 % grün\n");
    assertThat(call.trailers())
        .containsEntry("grpc-message", "100 %25 gr%C3%BCn%0A")
        .containsEntry("x-trail", "one,two")
        .containsEntry("x-trail-bin", "AQD+");
  }

  /**
   * No field of HTTP/2 begins or ends with a space: a message that does must not break the call.
   */
  @ParameterizedTest
  @MethodSource("formats")
  default void aStatusMessageMayBeginAndEndWithASpace(Format format) throws IOException {
    ClientCall call = call(format, "Fail", "ABORTED  try again ");
    assertThat(call.code()).isEqualTo(Status.Code.ABORTED);
    assertThat(call.message()).isEqualTo(" try again ");
    assertThat(call.trailers()).containsEntry("x-trail", "one,two");
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void messagesBeforeAnErrorArrive(Format format) throws IOException {
    ClientCall call = call(format, "CountAndFail", "3");
    assertThat(call.rest()).containsExactly("0", "1", "2");
    assertThat(call.code()).isEqualTo(Status.Code.DATA_LOSS);
    assertThat(call.message()).isEqualTo("lost it");
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void whatAServiceThrowsStaysAtHome(Format format) throws IOException {
    ClientCall call = call(format, "Break", "now");
    assertThat(call.code()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(call.message()).doesNotContain("secret");
  }
}

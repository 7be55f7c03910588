// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.ClientCall.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Texts;
import io.grpc.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a call that is a request of HTTP has: verbs, content types, texts in base64. */
interface HttpRequests extends Fixture {
  @ParameterizedTest
  @CsvSource({
    "application/grpc-web-text, TEXT",
    "application/grpc-web-text+proto, TEXT",
    "application/grpc-web, BINARY",
    "*/*, TEXT",
    "'application/grpc-web, application/grpc-web-text', TEXT"
  })
  default void acceptSaysInWhichFormatATextRequestIsAnswered(String accept, Format answered)
      throws IOException {
    Map<String, String> fields = fields(Format.TEXT);
    fields.put("accept", accept);
    ClientCall call = call(connect(), Format.TEXT, "Echo", fields, Format.TEXT.message("a"));
    assertThat(call.http().header("content-type")).isEqualTo(answered.contentType());
    assertThat(call.rest()).containsExactly("a");
  }

  @Test
  default void aBinaryRequestMayWantText() throws IOException {
    Map<String, String> fields = fields(Format.BINARY);
    fields.put("accept", "application/grpc-web-text");
    ClientCall call = call(connect(), Format.BINARY, "Echo", fields, Format.BINARY.message("a"));
    assertThat(call.http().header("content-type")).isEqualTo(Format.TEXT.contentType());
    assertThat(call.rest()).containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AAAAAAM!YWJj", "AAA", "=AAA", "AA=A"})
  default void aBodyThatIsNoBase64EndsTheCall(String body) throws IOException {
    HttpConnection connection = connect();
    ClientCall call =
        call(connection, Format.TEXT, "Join", fields(Format.TEXT), Format.ascii(body));
    assertThat(call.code()).isEqualTo(Status.Code.INTERNAL);
    assertThat(call.message()).containsIgnoringCase("base64");
    goesOn(connection);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "application/grpc-web+thrift", "text/plain", ""})
  default void anotherContentTypeIsRefused(String type) throws IOException {
    HttpConnection connection = connect();
    Map<String, String> fields = fields(Format.BINARY);
    fields.put("content-type", type);
    if (type.isEmpty()) {
      fields.remove("content-type");
    }
    HttpExchange http =
        connection.request("POST", methodPath("Echo"), fields, Format.BINARY.message("a"));
    assertThat(http.status()).isEqualTo(415);
    assertThat(text(http)).contains("application/grpc-web");
    goesOn(connection);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE", "PUT"})
  default void anotherVerbIsToldHowToCall(String verb) throws IOException {
    HttpConnection connection = connect();
    HttpExchange http = connection.request(verb, methodPath("Echo"), Map.of(), new byte[0]);
    assertThat(http.status()).isEqualTo(405);
    assertThat(http.header("allow")).contains("POST");
    assertThat(http.header("content-type")).startsWith("text/plain");
    assertThat(text(http)).contains("gRPC");
    goesOn(connection);
  }

  @Test
  default void aMethodHasOnePathOnly() throws IOException {
    HttpConnection connection = connect();
    String method = Texts.SERVICE + "/Echo";
    String[] others = {
      mount().contextPath() + "/other/" + method,
      methodPath("Echo") + "/",
      methodPath("echo"),
      mount().prefix() + "//" + method,
    };
    for (String path : others) {
      HttpExchange http =
          connection.request("POST", path, fields(Format.BINARY), Format.BINARY.message("a"));
      if (http.status() == 200) {
        assertThat(new ClientCall(Format.BINARY, http).code())
            .as(path)
            .isEqualTo(Status.Code.UNIMPLEMENTED);
      } else {
        assertThat(http.status()).as(path).isBetween(400, 499);
        http.readAll();
      }
      connection = connection.isOpen() ? connection : connect();
    }
  }

  private static String text(HttpExchange http) throws IOException {
    return new String(http.readAll(), StandardCharsets.UTF_8);
  }
}

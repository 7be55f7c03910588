// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.ClientCall.fields;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a browser needs to let a page of another origin call, and that it gets it on errors too. */
interface CrossOrigin extends Fixture {
  String ALLOWED = "https://app.example.org";
  String DENIED = "https://evil.example.org";

  @Test
  default void aPreflightOfAnAllowedOriginIsGranted() throws IOException {
    HttpConnection connection = connect();
    HttpExchange http = preflight(connection, ALLOWED);
    assertThat(http.status()).isEqualTo(204);
    assertThat(http.header("access-control-allow-origin")).isEqualTo(ALLOWED);
    assertThat(http.header("access-control-allow-credentials")).isEqualTo("true");
    assertThat(http.header("access-control-allow-methods")).contains("POST");
    assertThat(lower(http.header("access-control-allow-headers")))
        .contains("content-type", "x-grpc-web", "x-mine");
    assertThat(http.header("access-control-max-age")).isEqualTo("600");
    assertThat(lower(http.header("vary"))).contains("origin");
    assertThat(http.readAll()).isEmpty();
    // The call itself comes over the same connection.
    byte[] body = Format.BINARY.message("after");
    ClientCall call = call(connection, Format.BINARY, "Echo", from(ALLOWED), body);
    assertThat(call.rest()).containsExactly("after");
  }

  @Test
  default void aPreflightOfAnotherOriginIsNot() throws IOException {
    HttpExchange http = preflight(connect(), DENIED);
    assertThat(http.header("access-control-allow-origin")).isNull();
    assertThat(http.status()).isNotEqualTo(404);
    http.readAll();
  }

  @ParameterizedTest
  @CsvSource({
    "Echo, hello, OK",
    "Fail, ABORTED try again, ABORTED",
    "CountAndFail, 2, DATA_LOSS",
    "Nothing, a, UNIMPLEMENTED"
  })
  default void anAnswerMayBeReadWhateverItSays(String method, String message, Status.Code code)
      throws IOException {
    Map<String, String> fields = from(ALLOWED);
    ClientCall call =
        call(connect(), Format.BINARY, method, fields, Format.BINARY.message(message));
    assertThat(call.code()).isEqualTo(code);
    assertThat(call.http().header("access-control-allow-origin")).isEqualTo(ALLOWED);
    assertThat(call.http().header("access-control-allow-credentials")).isEqualTo("true");
    assertThat(lower(call.http().header("vary"))).contains("origin");
  }

  @Test
  default void metadataIsExposedByName() throws IOException {
    Map<String, String> fields = from(ALLOWED);
    fields.put("x-mine", "1");
    ClientCall call =
        call(connect(), Format.BINARY, "Metadata", fields, Format.BINARY.message("a"));
    assertThat(lower(call.http().header("access-control-expose-headers")))
        .contains("grpc-status", "grpc-message", "x-mine");
    assertThat(call.rest()).containsExactly("metadata");
  }

  @Test
  default void aRefusalByHttpStatusMayBeReadToo() throws IOException {
    Map<String, String> fields = from(ALLOWED);
    fields.put("content-type", "application/json");
    HttpExchange http =
        connect().request("POST", methodPath("Echo"), fields, Format.BINARY.message("a"));
    assertThat(http.status()).isEqualTo(415);
    assertThat(http.header("access-control-allow-origin")).isEqualTo(ALLOWED);
    http.readAll();
  }

  @Test
  default void anAnswerToAnotherOriginIsNotForItsPage() throws IOException {
    Map<String, String> fields = from(DENIED);
    ClientCall call = call(connect(), Format.BINARY, "Echo", fields, Format.BINARY.message("a"));
    assertThat(call.http().header("access-control-allow-origin")).isNull();
    assertThat(call.http().readAll()).isNotEmpty();
  }

  private HttpExchange preflight(HttpConnection connection, String origin) throws IOException {
    Map<String, String> fields = new TreeMap<>();
    fields.put("origin", origin);
    fields.put("access-control-request-method", "POST");
    fields.put("access-control-request-headers", "content-type,x-grpc-web,x-mine");
    return connection.request("OPTIONS", methodPath("Echo"), fields, new byte[0]);
  }

  private static Map<String, String> from(String origin) {
    Map<String, String> fields = fields(Format.BINARY);
    fields.put("origin", origin);
    return fields;
  }

  private static String lower(@Nullable String value) {
    return String.valueOf(value).toLowerCase(Locale.ROOT);
  }
}

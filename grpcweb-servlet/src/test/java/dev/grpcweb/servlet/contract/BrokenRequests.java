// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.ClientCall.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Hex;
import io.grpc.Status;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that break a rule are told so, and the connection goes on. */
interface BrokenRequests extends Fixture {
  @ParameterizedTest
  @CsvSource({
    "01234567, 'mid-frame'",
    "00000000 05 6162, 'mid-frame'",
    "00000000 05, 'mid-frame'",
    "02 00000001 61, 'reserved bits'",
    "80 00000000, 'reserved bits'",
    "01 00000001 61, 'compress'",
    "00 00400001, 'exceeds maximum size 4194304: 4194305'",
    "00 ffffffff, 'exceeds maximum size'"
  })
  default void aFrameThatBreaksARuleEndsTheCall(String hex, String told) throws IOException {
    for (Format format : protocol().formats()) {
      HttpConnection connection = connect();
      byte[] body = format.encode(Hex.bytes(hex));
      ClientCall call = call(connection, format, "Join", fields(format), body);
      assertThat(call.code())
          .isIn(Status.Code.INTERNAL, Status.Code.RESOURCE_EXHAUSTED)
          .isEqualTo(told.startsWith("exceeds") ? Status.Code.RESOURCE_EXHAUSTED : call.code());
      assertThat(call.message()).contains(told);
      goesOn(connection);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "grpc-timeout, soon, INVALID_ARGUMENT",
    "grpc-timeout, -1S, INVALID_ARGUMENT",
    "grpc-timeout, 10, INVALID_ARGUMENT",
    "x-bytes-bin, '*', INVALID_ARGUMENT",
    "grpc-encoding, unheard-of, UNIMPLEMENTED"
  })
  default void aFieldThatBreaksARuleEndsTheCall(String name, String value, Status.Code code)
      throws IOException {
    for (Format format : protocol().formats()) {
      HttpConnection connection = connect();
      Map<String, String> fields = fields(format);
      fields.put(name, value);
      ClientCall call = call(connection, format, "Echo", fields, format.message("a"));
      assertThat(call.http().status()).isEqualTo(200);
      assertThat(call.code()).isEqualTo(code);
      goesOn(connection);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1500.5m", "99999999950m", "1H", "10000000000000000000000S"})
  default void whatClientsSendAsTimeoutIsUnderstood(String timeout) throws IOException {
    Map<String, String> fields = fields(Format.BINARY);
    fields.put("grpc-timeout", timeout);
    byte[] body = Format.BINARY.message("in time");
    assertThat(call(connect(), Format.BINARY, "Echo", fields, body).rest())
        .containsExactly("in time");
  }

  @Test
  default void tooMuchMetadataEndsTheCall() throws IOException {
    HttpConnection connection = connect();
    Map<String, String> fields = fields(Format.BINARY);
    // Below the limit of most containers, above it when each field counts 32 more.
    for (int i = 0; i < 200; i++) {
      fields.put("x-" + i, "0123456789");
    }
    ClientCall call = call(connection, Format.BINARY, "Echo", fields, Format.BINARY.message("a"));
    assertThat(call.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    goesOn(connection);
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aMethodThatIsNotThereIsUnimplemented(Format format) throws IOException {
    HttpConnection connection = connect();
    for (String path : new String[] {methodPath("Nothing"), mount().prefix() + "/no.Service/M"}) {
      HttpExchange http = connection.request("POST", path, fields(format), format.message("a"));
      ClientCall call = new ClientCall(format, http);
      assertThat(call.code()).isEqualTo(Status.Code.UNIMPLEMENTED);
      assertThat(call.message()).startsWith("Method not found: ");
    }
    goesOn(connection);
  }

  @ParameterizedTest
  @MethodSource("formats")
  default void aMethodOfOneRequestTakesNeitherNoneNorTwo(Format format) throws IOException {
    HttpConnection connection = connect();
    for (String[] messages : new String[][] {{}, {"a", "b"}}) {
      for (String method : new String[] {"Echo", "Count"}) {
        byte[] body = format.messages(messages);
        ClientCall call = call(connection, format, method, fields(format), body);
        assertThat(call.code()).as(method).isEqualTo(Status.Code.UNIMPLEMENTED);
      }
    }
    goesOn(connection);
  }
}

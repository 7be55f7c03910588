// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.ClientCall.fields;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Native gRPC is not for HTTP/1.1, whose trailers get lost on the way. */
interface NativeOverHttp1 extends Fixture {
  @ParameterizedTest
  @ValueSource(strings = {"application/grpc", "Application/grpc+proto", "application/grpc;a=b"})
  default void nativeGrpcIsToldWhatToUseInstead(String type) throws IOException {
    HttpConnection connection = connect();
    Map<String, String> fields = fields(Format.NATIVE);
    fields.put("content-type", type);
    byte[] body = Format.NATIVE.message("a");
    for (String method : new String[] {"Echo", "Nothing"}) {
      HttpExchange http = connection.request("POST", methodPath(method), fields, body);
      assertThat(http.status()).isEqualTo(426);
      assertThat(http.header("upgrade")).isEqualTo("h2c");
      assertThat(http.header("grpc-status")).isEqualTo("12");
      assertThat(http.header("grpc-message")).contains("gRPC-Web");
      assertThat(new String(http.readAll(), StandardCharsets.UTF_8)).contains("gRPC-Web");
    }
    ClientCall web = call(connection, Format.BINARY, "Echo", fields(Format.BINARY), body);
    assertThat(web.rest()).containsExactly("a");
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.ClientCall.fields;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What native gRPC has of its own; the calls themselves are tested with those of gRPC-Web. */
interface NativeOverHttp2 extends Fixture {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/grpc+proto",
        "APPLICATION/GRPC",
        "application/grpc; charset=utf-8",
        "application/grpc+proto;a=b"
      })
  default void aNativeContentTypeHasItsForms(String type) throws IOException {
    Map<String, String> fields = fields(Format.NATIVE);
    fields.put("content-type", type);
    ClientCall call = echo(fields);
    assertThat(call.http().header("content-type")).isEqualTo("application/grpc");
    assertThat(call.rest()).containsExactly("a");
    assertThat(call.code()).isEqualTo(Status.Code.OK);
  }

  /** Proxies that drop trailers drop this field too; one that keeps them may have dropped it. */
  @Test
  default void trailersComeWhetherOrNotTheyAreAskedFor() throws IOException {
    Map<String, String> fields = fields(Format.NATIVE);
    fields.remove("te");
    assertThat(echo(fields).code()).isEqualTo(Status.Code.OK);
  }

  @Test
  default void anAnswerSaysWhichEncodingsAreUnderstood() throws IOException {
    ClientCall call = echo(fields(Format.NATIVE));
    assertThat(call.http().header("grpc-encoding")).isEqualTo("identity");
    assertThat(call.http().header("grpc-accept-encoding")).isEqualTo("gzip");
    assertThat(call.http().header("grpc-status")).isNull();
    assertThat(call.code()).isEqualTo(Status.Code.OK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/grpc+foo", "application/grpc+json", "application/grpc+"})
  default void anotherCodecIsRefused(String type) throws IOException {
    Map<String, String> fields = fields(Format.NATIVE);
    fields.put("content-type", type);
    HttpConnection connection = connect();
    byte[] body = Format.NATIVE.message("a");
    for (String method : new String[] {"Echo", "Nothing"}) {
      HttpExchange http = connection.request("POST", methodPath(method), fields, body);
      assertThat(http.status()).isEqualTo(415);
      assertThat(http.header("grpc-status")).isEqualTo("13");
      assertThat(new String(http.readAll(), StandardCharsets.UTF_8)).contains(type);
    }
    assertThat(connection.isOpen()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE"})
  default void anotherVerbIsRefusedWithAStatus(String verb) throws IOException {
    HttpExchange http =
        connect().request(verb, methodPath("Echo"), fields(Format.NATIVE), new byte[0]);
    assertThat(http.status()).isEqualTo(405);
    assertThat(http.header("grpc-status")).isEqualTo("13");
    assertThat(http.header("allow")).contains("POST");
    http.readAll();
  }

  /** In one frame: a client that has seen no head before its status may try again. */
  @Test
  default void anErrorWithoutAResponseIsOneFrame() throws IOException {
    ClientCall call = call(Format.NATIVE, "Fail", "UNAVAILABLE later");
    if (limits().contains(Limit.HEADS_DO_NOT_END)) {
      assertThat(call.http().headThatIsAll()).isNull();
    } else {
      assertThat(call.http().headThatIsAll())
          .containsEntry("content-type", "application/grpc")
          .containsEntry("grpc-status", "14")
          .containsEntry("grpc-message", "later")
          .containsEntry("x-trail", "one,two");
    }
    assertThat(call.code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(call.message()).isEqualTo("later");
  }

  private ClientCall echo(Map<String, String> fields) throws IOException {
    return call(connect(), Format.NATIVE, "Echo", fields, Format.NATIVE.message("a"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentTypeTest {
  private static final String TEXT = "application/grpc-web-text";
  private static final String BINARY = "application/grpc-web";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/grpc-web-text+proto",
        "Application/GRPC-Web-Text+PROTO",
        "application/grpc-web-text+proto; charset=utf-8",
        "application/grpc-web-text+proto;a=b+c;d",
        " application/grpc-web-text+proto ; x"
      })
  void typeAndCodecAreReadInAnyCaseWithoutParameters(String value) {
    assertThat(ContentType.parse(value)).isEqualTo(new ContentType(TEXT, "proto"));
  }

  @Test
  void aTypeNeedsNoCodec() {
    assertThat(ContentType.parse("application/grpc-web")).isEqualTo(new ContentType(BINARY, null));
    assertThat(ContentType.parse("application/grpc; x=y"))
        .isEqualTo(new ContentType("application/grpc", null));
  }

  @Test
  void aCodecThatIsNotNamedAfterThePlusIsNotTheDefaultOne() {
    assertThat(ContentType.parse("application/grpc-web+")).isEqualTo(new ContentType(BINARY, ""));
  }

  @Test
  void whatBeginsLikeATypeIsNotThatType() {
    assertThat(ContentType.parse("application/grpc-webby"))
        .isEqualTo(new ContentType("application/grpc-webby", null));
  }

  @Test
  void anAbsentOrEmptyValueIsNoType() {
    assertThat(ContentType.parse(null)).isNull();
    assertThat(ContentType.parse("")).isNull();
    assertThat(ContentType.parse("  ")).isNull();
    assertThat(ContentType.parse("; charset=utf-8")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/grpc-web-text",
        "APPLICATION/grpc-web-TEXT",
        "application/grpc-web-text+proto",
        "text/html, application/grpc-web-text;q=0.1",
        "*/*;q=0.5 ,\tapplication/grpc-web-text+json ; v=1; q=0.001",
        "application/grpc-web-text;q=1, */*;q=0",
        "application/grpc-web-text;q=0;, application/grpc-web-text",
        ",, application/grpc-web-text ,",
        "application/grpc-web-text;q=01",
        "application/grpc-web-text;iq=0",
      })
  void anAcceptListNamesTheType(String accept) {
    assertThat(ContentType.accepts(accept, TEXT)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*/*",
        "application/*",
        "application/grpc-web",
        "application/grpc-web+proto, text/plain",
        "application/grpc-web-text;q=0",
        "application/grpc-web-text; Q = 0.000",
        "application/grpc-web-text;\tq=0.",
        "application/grpc-web-text; v=1; q=0",
        "application/grpc-web-texts",
      })
  void anAcceptListDoesNotNameTheType(String accept) {
    assertThat(ContentType.accepts(accept, TEXT)).isFalse();
  }

  @Test
  void anAbsentAcceptNamesNothing() {
    assertThat(ContentType.accepts(null, BINARY)).isFalse();
  }

  @Test
  void theTextTypeDoesNotNameTheBinaryOne() {
    assertThat(ContentType.accepts("application/grpc-web-text", BINARY)).isFalse();
    assertThat(ContentType.accepts("application/grpc-web+proto", BINARY)).isTrue();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.transport.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PreflightBypassTest {
  @Test
  void theParameterIsFoundAndDecoded() {
    String lines = "content-type:application/grpc-web-text\r\nx-user:a b\r\n";

    assertThat(
            PreflightBypass.find(
                "a=b&%24httpHeaders=content-type%3Aapplication%2Fgrpc-web-text%0D%0A"
                    + "x-user%3Aa%20b%0D%0A"))
        .isEqualTo(lines);
    assertThat(PreflightBypass.find("$httpHeaders=x%3Ay")).isEqualTo("x:y");
    assertThat(PreflightBypass.find("a=b")).isNull();
    assertThat(PreflightBypass.find(null)).isNull();
  }

  @Test
  void headersInTheUrlReplaceThoseOfTheirName() {
    Headers sent =
        new Headers().add("content-type", "text/plain").add("accept", "*/*").add("host", "h");
    Headers merged =
        PreflightBypass.mergeLines(
            sent, "Content-Type:application/grpc-web\r\nx-a: 1\r\nx-a:2\r\n");

    assertThat(merged.toString())
        .isEqualTo("accept: */*\nhost: h\ncontent-type: application/grpc-web\nx-a: 1\nx-a: 2\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cookie:a=b",
        "Host:evil",
        "origin:https://evil",
        "connection:close",
        "transfer-encoding:chunked",
        "content-length:3",
        "proxy-authorization:x",
        "sec-fetch-site:same-origin",
        "x-forwarded-for:127.0.0.1",
        "forwarded:for=127.0.0.1",
        "access-control-allow-origin:*",
        "no colon",
        ":authority:x",
        "bad name:x",
        "x:a\nb",
      })
  void whatIsNoBusinessOfAPageIsRefused(String line) {
    assertThatThrownBy(() -> PreflightBypass.mergeLines(new Headers(), line + "\r\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("$httpHeaders");
  }
}

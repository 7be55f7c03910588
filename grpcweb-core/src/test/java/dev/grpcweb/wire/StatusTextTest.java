// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTextTest {
  @Test
  void printableTextIsNotCopied() {
    String message = "no such user: 'ann' (}";

    assertThat(StatusText.encodeMessage(message)).isSameAs(message);
    assertThat(StatusText.decodeMessage(message)).isSameAs(message);
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "100%,100%25",
        "}~,}%7E",
        "größe,gr%C3%B6%C3%9Fe",
        "\u20ac,%E2%82%AC",
        "\uD83D\uDE00!,%F0%9F%98%80!"
      })
  void otherBytesArePercentEncodedAndDecoded(String message, String encoded) {
    assertThat(StatusText.encodeMessage(message)).isEqualTo(encoded);
    assertThat(StatusText.decodeMessage(encoded)).isEqualTo(message);
  }

  @Test
  void controlCharactersArePercentEncodedAndDecoded() {
    String message = "a\r\nb\u0000\u001f \u007f";
    String encoded = "a%0D%0Ab%00%1F %7F";

    assertThat(StatusText.encodeMessage(message)).isEqualTo(encoded);
    assertThat(StatusText.decodeMessage(encoded)).isEqualTo(message);
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "' a b',%20a b",
        "'a b ',a b%20",
        "'  a  ',%20 a %20",
        "' ',%20",
        "'  ',%20%20",
        "' ö ',%20%C3%B6%20"
      })
  void aSpaceAtEitherEndIsPercentEncodedAndDecoded(String message, String encoded) {
    assertThat(StatusText.encodeMessage(message)).isEqualTo(encoded);
    assertThat(StatusText.decodeMessage(encoded)).isEqualTo(message);
  }

  @Test
  void halfASurrogatePairDoesNotFail() {
    assertThat(StatusText.encodeMessage("a\uD83D")).isEqualTo("a?");
  }

  @ParameterizedTest
  @CsvSource({
    "%, %",
    "100%, 100%",
    "%4, %4",
    "%zz%41, %zzA",
    "%4z, %4z",
    "%z4, %z4",
    "%%41, %A",
    "%41, A",
    "%c3%B6, ö",
    "%41%, A%",
  })
  void decodingIsLenient(String encoded, String message) {
    assertThat(StatusText.decodeMessage(encoded)).isEqualTo(message);
  }

  @Test
  void rawTextBesidePercentCodesStays() {
    assertThat(StatusText.decodeMessage("ö%20€")).isEqualTo("ö €");
  }

  @Test
  void bytesThatAreNoUtf8BecomeReplacements() {
    assertThat(StatusText.decodeMessage("a%FFb")).isEqualTo("a\uFFFDb");
  }

  @Test
  void anyMessageSurvivesTheRoundTrip() {
    Random random = new Random(3629);
    for (int round = 0; round < 1_000; round++) {
      String message =
          random
              .ints(random.nextInt(20), 0, 0x11000)
              .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
              .map(c -> random.nextBoolean() ? c % 0x100 : c)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      String encoded = StatusText.encodeMessage(message);

      assertThat(encoded).matches("[\\x20-\\x7d]*").isEqualTo(encoded.strip());
      assertThat(StatusText.decodeMessage(encoded)).isEqualTo(message);
    }
  }
}

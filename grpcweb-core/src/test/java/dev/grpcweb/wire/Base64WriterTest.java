// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Hex;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Base64WriterTest {
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "00, AA==",
    "0001, AAE=",
    "000102, AAEC",
    // the prefix of an empty message
    "0000000000, AAAAAAA=",
    // the last two characters of the alphabet
    "fbff, +/8=",
  })
  void aSliceBecomesOnePaddedUnit(String hex, String unit) {
    byte[] slice = Hex.bytes("eeee" + hex + "ee");

    byte[] encoded = Base64Writer.encode(slice, 2, slice.length - 3);

    assertThat(new String(encoded, US_ASCII)).isEqualTo(unit);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static dev.grpcweb.wire.Faults.assertFault;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.transport.Headers;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrailerBlockTest {
  private static Metadata.Key<String> text(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static String written(Status status, Metadata trailers) {
    return new String(TrailerBlock.write(TrailerFields.of(status, trailers)), US_ASCII);
  }

  private static Headers parsed(String block) {
    byte[] bytes = ("##" + block + "#").getBytes(ISO_8859_1);
    return TrailerBlock.parse(bytes, 2, bytes.length - 3);
  }

  @Test
  void anOkStatusIsOneLine() {
    assertThat(written(Status.OK, new Metadata())).isEqualTo("grpc-status: 0\r\n");
  }

  @Test
  void anEmptyMessageIsNotWritten() {
    assertThat(written(Status.DATA_LOSS.withDescription(""), new Metadata()))
        .isEqualTo("grpc-status: 15\r\n");
  }

  @Test
  void theMessageIsPercentEncoded() {
    assertThat(written(Status.NOT_FOUND.withDescription("50% weg\r\nx: y ä"), new Metadata()))
        .isEqualTo("grpc-status: 5\r\ngrpc-message: 50%25 weg%0D%0Ax: y %C3%A4\r\n");
  }

  @Test
  void metadataFollowsTheStatusInLowerCase() {
    Metadata trailers = new Metadata();
    trailers.put(text("X-Retry"), "no");

    assertThat(written(Status.ABORTED.withDescription("late"), trailers))
        .isEqualTo("grpc-status: 10\r\ngrpc-message: late\r\nx-retry: no\r\n");
  }

  @Test
  void binaryMetadataIsUnpaddedBase64() {
    Metadata trailers = new Metadata();
    trailers.put(
        Metadata.Key.of("detail-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {1, 2, 3, 4});

    assertThat(written(Status.OK, trailers)).isEqualTo("grpc-status: 0\r\ndetail-bin: AQIDBA\r\n");
  }

  @Test
  void anApplicationsCopyOfTheStatusIsDiscarded() {
    Metadata trailers = new Metadata();
    trailers.put(text("grpc-status"), "0");
    trailers.put(text("grpc-message"), "fine");
    trailers.put(text("content-type"), "text/html");

    assertThat(written(Status.INTERNAL, trailers)).isEqualTo("grpc-status: 13\r\n");
  }

  @Test
  void valuesOfOneKeyShareALine() {
    Metadata trailers = new Metadata();
    trailers.put(text("k"), "a");
    trailers.put(text("k"), "b, c");

    assertThat(written(Status.OK, trailers)).isEqualTo("grpc-status: 0\r\nk: a,b, c\r\n");
  }

  @Test
  void aValueCannotBeginALineOfItsOwn() {
    Metadata trailers = new Metadata();
    trailers.put(text("k"), "a\r\ngrpc-status: 0");
    trailers.put(text("l"), "a\nb");

    assertThat(written(Status.UNAUTHENTICATED, trailers)).isEqualTo("grpc-status: 16\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grpc-status: 5\r\ngrpc-message: no\r\n",
        "grpc-status: 5\r\ngrpc-message: no",
        "grpc-status:5\r\ngrpc-message:no\r\n\r\n",
        "\r\ngrpc-status: 5\r\n\r\ngrpc-message: no\r\n",
        "grpc-status: 5\ngrpc-message: no\n",
        "Grpc-Status :\t5 \r\n GRPC-MESSAGE: no \r\n",
      })
  void linesAreReadTolerantly(String block) {
    assertThat(parsed(block)).hasToString("grpc-status: 5\ngrpc-message: no\n");
  }

  @Test
  void anEmptyBlockHasNoFields() {
    assertThat(parsed("").isEmpty()).isTrue();
    assertThat(parsed("\r\n").isEmpty()).isTrue();
  }

  @Test
  void aValueMayBeEmptyOrHoldColons() {
    assertThat(parsed("a:\r\nb: x:y: z\r\n")).hasToString("a: \nb: x:y: z\n");
  }

  @Test
  void bytesBeyondAsciiAreSeenAsTheyAre() {
    assertThat(parsed("a: \u00fc\r\n").get("a")).isEqualTo("\u00fc");
  }

  @Test
  void aNameMayComeTwice() {
    assertThat(parsed("a: 1\r\nb: 2\r\na: 3\r\n").getAll("a")).containsExactly("1", "3");
  }

  @Test
  void aLineWithoutAColonIsAFault() {
    assertFault(
        () -> parsed("a: b\r\nsecret\r\n"),
        Status.Code.INTERNAL,
        "Malformed header block: expected \"name: value\", got no colon in the line at offset 6");
  }

  @Test
  void aLineWithoutANameIsAFault() {
    assertFault(
        () -> parsed(": b\r\n"),
        Status.Code.INTERNAL,
        "Malformed header block: expected \"name: value\", got no name in the line at offset 0");
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Metadata trailers = new Metadata();
    trailers.put(text("k"), "a b");
    byte[] block =
        TrailerBlock.write(TrailerFields.of(Status.NOT_FOUND.withDescription("über"), trailers));

    Headers headers = TrailerBlock.parse(block, 0, block.length);

    assertThat(headers).hasToString("grpc-status: 5\ngrpc-message: %C3%BCber\nk: a b\n");
  }
}

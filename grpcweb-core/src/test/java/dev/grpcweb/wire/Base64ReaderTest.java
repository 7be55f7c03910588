// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static dev.grpcweb.wire.Faults.assertFault;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.grpcweb.testing.Hex;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Base64ReaderTest {
  private final RecordedBytes recorded = new RecordedBytes();
  private final Base64Reader reader = new Base64Reader(recorded);

  private static byte[] ascii(String text) {
    return text.getBytes(ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "AAEC, 000102",
    "AAE=, 0001",
    "AA==, 00",
    "+/8=, fbff",
    "////, ffffff",
    // padded units one after the other: an empty frame and one with "abc"
    "AAAAAAA=AAAAAANhYmM=, 0000000000 0000000003616263",
    "AA==AAE=AAEC, 00 0001 000102",
    // bits below the last byte are nothing
    "AB==, 00",
    "AAF=, 0001",
  })
  void unitsAreDecodedHoweverTheyAreCut(String text, String hex) {
    byte[] expected = Hex.bytes(hex);
    byte[] body = ascii(text);

    Feed.byteByByte(reader, body);
    reader.receivedEnd();
    assertThat(Hex.of(recorded.bytes())).isEqualTo(Hex.of(expected));
    assertThat(recorded.ends).isEqualTo(1);

    for (int border = 0; border <= body.length; border++) {
      RecordedBytes split = new RecordedBytes();
      Base64Reader splitReader = new Base64Reader(split);
      Feed.splitAt(splitReader, body, border);
      splitReader.receivedEnd();
      assertThat(Hex.of(split.bytes())).as("split at %d", border).isEqualTo(Hex.of(expected));
      assertThat(split.ends).isEqualTo(1);
    }
  }

  @Test
  void theAlphabetIsTheStandardOne() {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    Feed.byteByByte(reader, ascii(alphabet));

    assertThat(recorded.bytes()).isEqualTo(Base64.getDecoder().decode(alphabet));
  }

  @Test
  void whitespaceIsSkippedAnywhere() {
    Feed.whole(reader, ascii(" \r\nA A\tE\n= A AE C AA EC\r\nA\tA = = \n"));
    reader.receivedEnd();

    assertThat(Hex.of(recorded.bytes())).isEqualTo("0001" + "000102" + "000102" + "00");
  }

  @Test
  void aChunkIsPassedOnAsOne() {
    Feed.whole(reader, ascii("AAE=AAECAAE=AA==AAEC"));

    assertThat(recorded.calls).isEqualTo(1);
  }

  @Test
  void aChunkTakesNoMoreRoomThanItCanNeed() {
    Feed.whole(reader, ascii("A".repeat(16_384)));
    assertThat(recorded.longestArray).isEqualTo(12_288);

    // With whitespace, at the end of a larger array.
    byte[] chunk = ascii("A".repeat(9_999) + " " + "A".repeat(32_768));
    reader.received(chunk, 9_999, 32_769);
    assertThat(recorded.longestArray).isEqualTo(24_576);
  }

  @Test
  void longChunksAreDecodedHoweverTheyAreCut() {
    byte[] bytes = new byte[301];
    new Random(301).nextBytes(bytes);
    String unit = Base64.getEncoder().encodeToString(bytes);
    String wrapped = Base64.getMimeEncoder().encodeToString(bytes);
    for (String body : List.of(unit, unit + "AAE=", "AA==" + unit, unit + unit, wrapped)) {
      byte[] expected = decodedByteByByte(ascii(body));
      for (int border = 0; border <= body.length(); border++) {
        RecordedBytes split = new RecordedBytes();
        Base64Reader splitReader = new Base64Reader(split);
        Feed.splitAt(splitReader, ascii(body), border);
        splitReader.receivedEnd();
        assertThat(split.bytes()).as("split at %d of %s", border, body).isEqualTo(expected);
      }
    }
  }

  private static byte[] decodedByteByByte(byte[] body) {
    RecordedBytes decoded = new RecordedBytes();
    Base64Reader reader = new Base64Reader(decoded);
    Feed.byteByByte(reader, body);
    reader.receivedEnd();
    return decoded.bytes();
  }

  @Test
  void nothingIsPassedOnBeforeAQuantumIsWhole() {
    Feed.whole(reader, ascii("AAE"));
    assertThat(recorded.calls).isZero();

    Feed.whole(reader, ascii("CAA"));
    assertThat(recorded.calls).isEqualTo(1);
    assertThat(Hex.of(recorded.bytes())).isEqualTo("000102");
  }

  @ParameterizedTest
  @CsvSource({
    "=, 0, had 0",
    "A=, 1, had 1",
    "A===, 1, had 1",
    "AAECA=, 5, had 1",
    "AA===, 4, had 0",
    "AAE==, 4, had 0",
  })
  void paddingNeedsTwoCharactersBefore(String text, int offset, String had) {
    assertFaultHoweverCut(
        text, "expected two characters before padding, " + had + ", got 0x3d", offset);
  }

  @ParameterizedTest
  @CsvSource({"AB=C, 3, 0x43", "AAECAB=/, 7, 0x2f"})
  void paddingEndsItsQuantum(String text, int offset, String character) {
    assertFaultHoweverCut(text, "expected padding to end the quantum, got " + character, offset);
  }

  @ParameterizedTest
  @CsvSource({
    "AAE*, 3, 0x2a",
    "AAECAAE-, 7, 0x2d",
    "_AEC, 0, 0x5f",
    "AAEC AAE\u00ff, 8, 0xff",
    "AAEC\u0000AEC, 4, 0x00",
    "A\u000bEC, 1, 0x0b",
    "AA=*, 3, 0x2a",
  })
  void otherCharactersAreFaults(String text, int offset, String character) {
    assertFaultHoweverCut(
        text, "expected a character of the standard alphabet, got " + character, offset);
  }

  private static void assertFaultHoweverCut(String faulty, String detail, int offset) {
    for (String before : List.of("", "A".repeat(100), "AA== ////")) {
      String description =
          "Malformed base64: "
              + detail
              + " at offset "
              + (before.length() + offset)
              + " of the body";
      byte[] body = ascii(before + faulty);
      String decoded = Hex.of(decodedBefore(body));
      for (int border = 0; border <= body.length; border++) {
        RecordedBytes split = new RecordedBytes();
        Base64Reader reader = new Base64Reader(split);
        int at = border;
        assertFault(() -> Feed.splitAt(reader, body, at), Status.Code.INTERNAL, description);
        assertThat(Hex.of(split.bytes())).as("split at %d", border).isEqualTo(decoded);
      }
      assertFault(
          () -> Feed.byteByByte(new Base64Reader(new RecordedBytes()), body),
          Status.Code.INTERNAL,
          description);
    }
  }

  /** What comes out byte by byte until it fails: the same must come out of larger chunks. */
  private static byte[] decodedBefore(byte[] body) {
    RecordedBytes before = new RecordedBytes();
    assertThat(catchThrowable(() -> Feed.byteByByte(new Base64Reader(before), body)))
        .isInstanceOf(WireException.class);
    return before.bytes();
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "AA", "AAE", "AA=", "AAECA", "AA==AAE", " AAE \n"})
  void anEndInsideAQuantumIsAFault(String text) {
    int characters = text.replaceAll("\\s", "").length() % 4;
    Feed.whole(reader, ascii(text));

    assertFault(
        reader::receivedEnd,
        Status.Code.INTERNAL,
        "Base64 body ended inside a quantum: expected 4 characters, got " + characters);
    assertThat(recorded.ends).isZero();
  }

  @Test
  void randomUnitsSurviveRandomWhitespaceAndChunks() {
    Random random = new Random(4648);
    for (int round = 0; round < 500; round++) {
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (int unit = random.nextInt(5); unit >= 0; unit--) {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        expected.writeBytes(bytes);
        for (byte character : Base64.getEncoder().encode(bytes)) {
          if (round % 2 == 0 && random.nextInt(10) == 0) {
            body.write(" \t\r\n".charAt(random.nextInt(4)));
          }
          body.write(character);
        }
      }
      RecordedBytes decoded = new RecordedBytes();
      Base64Reader any = new Base64Reader(decoded);
      byte[] bytes = body.toByteArray();
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(bytes.length - at, 1 + random.nextInt(1 + random.nextInt(300)));
        any.received(Arrays.copyOfRange(bytes, at, at + length), 0, length);
        at += length;
      }
      any.receivedEnd();

      assertThat(decoded.bytes()).as("round %d", round).isEqualTo(expected.toByteArray());
    }
  }

  @Test
  void theWriterIsReadBack() {
    Random random = new Random(5);
    for (int length = 0; length < 100; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      RecordedBytes decoded = new RecordedBytes();
      Base64Reader any = new Base64Reader(decoded);
      Feed.whole(any, Base64Writer.encode(bytes, 0, length));
      any.receivedEnd();

      assertThat(decoded.bytes()).isEqualTo(bytes);
    }
  }
}

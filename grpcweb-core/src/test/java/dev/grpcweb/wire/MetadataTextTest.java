// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static dev.grpcweb.wire.Faults.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Hex;
import dev.grpcweb.transport.Headers;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataTextTest {
  private static final int MAX = 8192;

  private static Metadata.Key<String> text(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static Metadata.Key<byte[]> binary(String name) {
    return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
  }

  private static List<String> binaryValues(Metadata metadata, String name) {
    List<String> values = new ArrayList<>();
    Iterable<byte[]> all = metadata.getAll(binary(name));
    assertThat(all).isNotNull();
    all.forEach(value -> values.add(Hex.of(value)));
    return values;
  }

  private static Map<String, String> written(Metadata metadata) {
    Map<String, String> fields = new LinkedHashMap<>();
    MetadataText.write(
        metadata, (name, value) -> assertThat(fields.put(name, value)).as(name).isNull());
    return fields;
  }

  @Test
  void fieldsBecomeMetadataInTheirOrder() {
    Headers headers =
        new Headers().add("X-User.Id_1", "ann").add("x-tag", "a").add("x-tag", "b, c");

    Metadata metadata = MetadataText.parse(headers, MAX);

    assertThat(metadata.get(text("x-user.id_1"))).isEqualTo("ann");
    assertThat(metadata.getAll(text("x-tag"))).containsExactly("a", "b, c");
    assertThat(metadata.keys()).containsExactlyInAnyOrder("x-user.id_1", "x-tag");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connection",
        "keep-alive",
        "proxy-connection",
        "transfer-encoding",
        "upgrade",
        "http2-settings",
        "host",
        "content-length",
        ":path",
        "",
        "-bin",
        "sec~fetch",
        "a`b",
        "a{b",
        "a/b",
        "a b",
        "ü"
      })
  void fieldsThatCannotBeMetadataAreSkipped(String name) {
    Headers headers = new Headers().add(name, "v").add("x-a", "1");

    assertThat(MetadataText.parse(headers, MAX).keys()).containsExactly("x-a");
  }

  @Test
  void theAlphabetOfNamesIsTakenToItsEnds() {
    Headers headers = new Headers().add("a", "1").add("z", "1").add("0", "1").add("9", "1");

    assertThat(MetadataText.parse(headers, MAX).keys())
        .containsExactlyInAnyOrder("a", "z", "0", "9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\t", "\u001f", "\u007f", "gr\u00fc\u00df", "a\nb", "\u0000"})
  void unprintableValuesAreSkipped(String value) {
    Headers headers = new Headers().add("x-a", value).add("x-a", " ok~");

    assertThat(MetadataText.parse(headers, MAX).getAll(text("x-a"))).containsExactly(" ok~");
  }

  @Test
  void binaryValuesAreBase64PaddedOrNot() {
    Headers headers = new Headers().add("a-bin", "AQI=").add("a-bin", "AQI").add("b-bin", "");

    Metadata metadata = MetadataText.parse(headers, MAX);

    assertThat(binaryValues(metadata, "a-bin")).containsExactly("0102", "0102");
    assertThat(binaryValues(metadata, "b-bin")).containsExactly("");
  }

  @Test
  void binaryValuesMayShareAField() {
    Headers headers = new Headers().add("a-bin", "AQ==,Ag, AwQF ,,Bg==,");

    assertThat(binaryValues(MetadataText.parse(headers, MAX), "a-bin"))
        .containsExactly("01", "02", "030405", "", "06", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "A", "AQ=", "AQ==AQ==", "-_8", "AQ==,?"})
  void aBinaryValueThatIsNoBase64IsAFault(String value) {
    assertFault(
        () -> MetadataText.parse(new Headers().add("a-bin", value), MAX),
        Status.Code.INVALID_ARGUMENT,
        "Malformed metadata a-bin: expected base64, padded or not");
  }

  @Test
  void everyFieldCountsWithItsOverhead() {
    // 32 + 1 + 2 and 32 + 4 + 3, the second one skipped
    Headers headers = new Headers().add("a", "12").add("host", "123");

    assertThat(MetadataText.parse(headers, 74).keys()).containsExactly("a");
    assertFault(
        () -> MetadataText.parse(headers, 73),
        Status.Code.RESOURCE_EXHAUSTED,
        "Metadata exceeds maximum size 73: 74");
  }

  @Test
  void valuesOfOneKeyAreJoined() {
    Metadata metadata = new Metadata();
    metadata.put(text("X-A"), "1");
    metadata.put(text("x-a"), " 2, 3 ");
    metadata.put(text("x-empty"), "");
    metadata.put(binary("x-bin"), Hex.bytes("01"));
    metadata.put(binary("x-bin"), Hex.bytes(""));
    metadata.put(binary("x-bin"), Hex.bytes("fbff"));

    assertThat(written(metadata))
        .containsOnly(
            Map.entry("x-a", "1, 2, 3"), Map.entry("x-empty", ""), Map.entry("x-bin", "AQ,,+/8"));
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {"' a b',a b", "'a b ',a b", "'  a  ',a", "' ',''"})
  void spacesAtTheEndsOfAValueAreNotSent(String value, String sent) {
    Metadata metadata = new Metadata();
    metadata.put(text("x-a"), value);

    assertThat(written(metadata)).containsOnly(Map.entry("x-a", sent));
  }

  @Test
  void namesThatTheWireWritesAreDropped() {
    Metadata metadata = new Metadata();
    for (String name :
        List.of(
            "content-type",
            "content-length",
            "te",
            "user-agent",
            "grpc-encoding",
            "grpc-accept-encoding",
            "grpc-status",
            "grpc-message",
            "transfer-encoding",
            "keep-alive",
            "upgrade",
            "host",
            "x-kept")) {
      metadata.put(text(name), "v");
    }

    assertThat(written(metadata)).containsOnly(Map.entry("x-kept", "v"));
  }

  @Test
  void statusDetailsAndCorsFieldsAreNotReserved() {
    Metadata metadata = new Metadata();
    metadata.put(binary("grpc-status-details-bin"), Hex.bytes("08"));
    metadata.put(text("access-control-allow-origin"), "*");

    assertThat(written(metadata))
        .containsOnly(
            Map.entry("grpc-status-details-bin", "CA"),
            Map.entry("access-control-allow-origin", "*"));
  }

  @Test
  void aValueThatNoHeaderCanHoldIsDroppedAndTheOthersStay() {
    Metadata metadata = new Metadata();
    metadata.put(text("x-a"), "a\r\nb: c");
    metadata.put(text("x-a"), "ok");
    metadata.put(text("x-b"), "\u0000");
    metadata.put(text("x-b"), "\u007f");

    assertThat(written(metadata)).containsOnly(Map.entry("x-a", "ok"));
  }

  @Test
  void aDroppedValueIsWarnedOfOncePerName() {
    List<String> warnings = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            warnings.add(record.getLevel() + " " + List.of(record.getParameters()));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Metadata metadata = new Metadata();
    metadata.put(text("x-warned-of"), "\t");
    metadata.put(text("x-warned-of"), "\n");
    Logger logger = Logger.getLogger(MetadataText.class.getName());
    logger.addHandler(handler);
    try {
      written(metadata);
      written(metadata);
    } finally {
      logger.removeHandler(handler);
    }

    assertThat(warnings).containsExactly("WARNING [x-warned-of]");
  }

  @Test
  void randomMetadataSurvivesTheRoundTrip() {
    Random random = new Random(7540);
    for (int round = 0; round < 300; round++) {
      Metadata metadata = new Metadata();
      Map<String, String> expected = new LinkedHashMap<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        String name = "k" + random.nextInt(1_000_000);
        String value =
            random
                .ints(random.nextInt(30), 0x20, 0x7F)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        if (expected.put(name, value) == null) {
          metadata.put(text(name), value);
          metadata.put(binary(name + "-bin"), bytes);
          expected.put(name + "-bin", Hex.of(bytes));
        }
      }
      Headers headers = new Headers();
      MetadataText.write(metadata, headers::add);
      Metadata read = MetadataText.parse(headers, MAX);

      assertThat(read.keys()).isEqualTo(expected.keySet());
      expected.forEach(
          (name, value) -> {
            if (name.endsWith("-bin")) {
              assertThat(binaryValues(read, name)).containsExactly(value);
            } else {
              assertThat(read.getAll(text(name))).containsExactly(value);
            }
          });
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Hex;
import dev.grpcweb.testing.MuxVectors;
import dev.grpcweb.testing.MuxVectors.Vector;
import dev.grpcweb.transport.Headers;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MuxReaderTest {
  private static final int MAX_HEADER_BLOCK = 8 * 1024;

  static List<Vector> vectors() {
    return MuxVectors.from("client");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void aWholeMessage(Vector vector) {
    Recorded sink = new Recorded();
    sink.feed(reader(vector, sink), vector.bytes());

    assertThat(sink.events()).containsExactlyElementsOf(expected(vector));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void byteByByte(Vector vector) {
    Recorded sink = new Recorded();
    byte[] message = vector.bytes();
    byte[][] parts = new byte[message.length][];
    for (int i = 0; i < message.length; i++) {
      parts[i] = new byte[] {message[i]};
    }
    sink.feed(reader(vector, sink), parts.length == 0 ? new byte[][] {{}} : parts);

    assertThat(sink.events()).containsExactlyElementsOf(expected(vector));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void splitAtEveryOffset(Vector vector) {
    byte[] message = vector.bytes();
    for (int border = 0; border <= message.length; border++) {
      Recorded sink = new Recorded();
      sink.feed(
          reader(vector, sink),
          Arrays.copyOf(message, border),
          Arrays.copyOfRange(message, border, message.length));

      assertThat(sink.events())
          .as("split at %s", border)
          .containsExactlyElementsOf(expected(vector));
    }
  }

  @Test
  void oneReaderReadsAllMessagesThatAreNoFault() {
    Recorded sink = new Recorded();
    MuxReader reader = new MuxReader(MAX_HEADER_BLOCK, sink);
    int read = 0;
    for (Vector vector : vectors()) {
      if (!vector.has("fault") && !vector.has("header-limit")) {
        sink.feed(reader, vector.bytes());
        assertThat(sink.events()).containsExactlyElementsOf(expected(vector));
        read++;
      }
    }

    assertThat(read).isGreaterThan(20);
  }

  @Test
  void dataIsPassedOnAsItComesAndWithoutACopy() {
    List<byte[]> arrays = new ArrayList<>();
    Recorded sink =
        new Recorded() {
          @Override
          public void data(int call, byte[] bytes, int offset, int length) {
            arrays.add(bytes);
            super.data(call, bytes, offset, length);
          }
        };
    MuxReader reader = new MuxReader(MAX_HEADER_BLOCK, sink);
    byte[] first = Hex.bytes("ee 02 00000007 0a0b ee");
    byte[] second = Hex.bytes("ee 0c");

    reader.received(first, 1, 7, false);
    assertThat(sink.data()).isEqualTo("0a0b");
    reader.received(second, 1, 1, true);

    assertThat(sink.data()).isEqualTo("0a0b0c");
    assertThat(arrays).containsExactly(first, second);
  }

  @Test
  void aHeaderBlockThatIsTooLongIsNotKept() {
    Recorded sink = new Recorded();
    MuxReader reader = new MuxReader(10, sink);
    reader.received(Hex.bytes("01 00000003"), 0, 5, false);
    byte[] part = new byte[1 << 20];
    for (int i = 0; i < 4096; i++) { // 4 GiB
      reader.received(part, 0, part.length, false);
    }
    reader.received(part, 0, 0, true);
    sink.feed(reader, Hex.bytes("03 00000003"));

    assertThat(sink.events())
        .containsExactly("refused 3 8 Header block exceeds maximum size 10 bytes", "HALF_CLOSE 3");
  }

  @Test
  void noReasonOfAFaultIsLongerThanACloseTakes() {
    assertThat(MuxVectors.from("client").stream().filter(vector -> vector.has("fault")))
        .allSatisfy(vector -> assertThat(vector.get("fault").length() - 5).isLessThan(124));
  }

  private static MuxReader reader(Vector vector, Recorded sink) {
    int limit = vector.has("header-limit") ? vector.number("header-limit") : MAX_HEADER_BLOCK;
    return new MuxReader(limit, sink);
  }

  /** Returns what {@link Recorded} writes down of such a message. */
  private static List<String> expected(Vector vector) {
    if (vector.has("fault")) {
      return List.of("fault " + vector.get("fault"));
    }
    String call = vector.get("call");
    if (vector.has("refused")) {
      return List.of("refused " + call + " " + vector.get("refused"));
    }
    if (vector.get("type").equals("DATA") && vector.get("data").isEmpty()) {
      return List.of();
    }
    return List.of(message(vector, call));
  }

  private static String message(Vector vector, String call) {
    return switch (vector.get("type")) {
      case "SETTINGS" -> "SETTINGS " + vector.get("settings");
      case "HEADERS" -> "HEADERS " + call + " " + vector.get("path") + " " + vector.all("header");
      case "DATA" -> "DATA " + call + " " + Hex.of(Hex.bytes(vector.get("data")));
      case "HALF_CLOSE" -> "HALF_CLOSE " + call;
      case "RESET" -> "RESET " + call + " " + vector.get("status") + " " + vector.get("text");
      case "CREDIT" -> "CREDIT " + call + " " + vector.get("credit");
      case "PING" -> "PING " + vector.get("ping");
      case "PONG" -> "PONG";
      default -> throw new AssertionError(vector);
    };
  }

  /** Writes down what was read; the parts of one DATA are one line. */
  private static class Recorded implements MuxReader.Sink {
    private final List<String> events = new ArrayList<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private int dataCall;

    void feed(MuxReader reader, byte[]... parts) {
      try {
        for (int i = 0; i < parts.length; i++) {
          byte[] part = parts[i].clone();
          reader.received(part, 0, part.length, i == parts.length - 1);
        }
      } catch (SocketFault fault) {
        events.add("fault " + fault.code() + " " + fault.getMessage());
      }
    }

    /** Returns what was written down since this was asked last. */
    List<String> events() {
      List<String> all = new ArrayList<>(events);
      events.clear();
      if (dataCall != 0) {
        all.add("DATA " + dataCall + " " + data());
        dataCall = 0;
        data.reset();
      }
      return all;
    }

    String data() {
      return Hex.of(data.toByteArray());
    }

    @Override
    public void settings(MuxSettings settings) {
      events.add(
          "SETTINGS 1=%d 2=%d 4=%d"
              .formatted(
                  settings.callCredit(), settings.socketCredit(), settings.maxHeaderBlock()));
    }

    @Override
    public void headers(int call, String fullMethodName, Headers fields) {
      events.add(
          "HEADERS " + call + " /" + fullMethodName + " " + fields.toString().lines().toList());
    }

    @Override
    public void unreadable(int call, Status reason) {
      events.add(
          "refused " + call + " " + reason.getCode().value() + " " + reason.getDescription());
    }

    @Override
    public void data(int call, byte[] bytes, int offset, int length) {
      dataCall = call;
      data.write(bytes, offset, length);
    }

    @Override
    public void halfClose(int call) {
      events.add("HALF_CLOSE " + call);
    }

    @Override
    public void reset(int call, int code, String text) {
      events.add("RESET " + call + " " + code + " " + text);
    }

    @Override
    public void credit(int call, int count) {
      events.add("CREDIT " + call + " " + count);
    }

    @Override
    public void ping(byte[] value) {
      events.add("PING " + Hex.of(value));
    }

    @Override
    public void answered() {
      events.add("PONG");
    }
  }
}

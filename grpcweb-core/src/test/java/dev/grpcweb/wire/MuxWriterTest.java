// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.testing.Hex;
import dev.grpcweb.testing.MuxVectors;
import dev.grpcweb.testing.MuxVectors.Vector;
import dev.grpcweb.transport.Headers;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MuxWriterTest {
  static List<Vector> vectors() {
    return MuxVectors.from("server").stream()
        .filter(vector -> !vector.has("fault") && !vector.has("read-only"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void aMessage(Vector vector) {
    assertThat(written(vector)).asHexString().isEqualToIgnoringCase(Hex.of(vector.bytes()));
  }

  private static byte[] written(Vector vector) {
    int call = vector.number("call");
    return switch (vector.get("type")) {
      case "SETTINGS" -> MuxWriter.settings(settings(vector.get("settings")));
      case "HEADERS" -> MuxWriter.headers(call, TrailerBlock.write(headers(vector)));
      case "DATA" -> {
        byte[] bytes = Hex.bytes(vector.get("data"));
        yield MuxWriter.data(call, queue(bytes), bytes.length);
      }
      case "TRAILERS" -> MuxWriter.trailers(call, TrailerBlock.write(headers(vector)));
      case "RESET" ->
          MuxWriter.reset(
              call,
              Status.fromCodeValue(vector.number("status")).withDescription(vector.get("text")));
      case "CREDIT" -> MuxWriter.credit(call, vector.number("credit"));
      case "PING" -> MuxWriter.ping(HexFormat.fromHexDigitsToLong(vector.get("ping")));
      case "PONG" -> MuxWriter.pong(Hex.bytes(vector.get("ping")));
      case "GOAWAY" -> MuxWriter.goAway(vector.number("last-call"), vector.get("text"));
      default -> throw new AssertionError(vector);
    };
  }

  private static MuxSettings settings(String pairs) {
    List<Integer> values = new ArrayList<>();
    for (String pair : pairs.split(" ", -1)) {
      values.add(Integer.valueOf(pair.split("=", -1)[1]));
    }
    return new MuxSettings(values.get(0), values.get(1), values.get(2), values.get(3));
  }

  private static Headers headers(Vector vector) {
    Headers headers = new Headers();
    for (String line : vector.all("header")) {
      String[] parts = line.split(": ", 2);
      headers.add(parts[0], parts[1]);
    }
    return headers;
  }

  private static WriteQueue queue(byte[]... writes) {
    WriteQueue queue = new WriteQueue();
    for (byte[] write : writes) {
      queue.add(write, 0, write.length);
    }
    return queue;
  }

  @Test
  void dataMayBeOfSeveralWritesAndLeaveARest() {
    WriteQueue queue = queue(new byte[] {1, 2}, new byte[] {3}, new byte[] {4, 5, 6});

    assertThat(MuxWriter.data(9, queue, 4)).containsExactly(2, 0, 0, 0, 9, 1, 2, 3, 4);
    assertThat(queue.size()).isEqualTo(2);
    assertThat(MuxWriter.data(9, queue, 2)).containsExactly(2, 0, 0, 0, 9, 5, 6);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void dataNeedsWhatIsAskedFor() {
    WriteQueue queue = queue(new byte[] {1, 2});

    assertThatThrownBy(() -> MuxWriter.data(9, queue, 3)).hasMessage("expected 3 bytes, got fewer");
  }

  @Test
  void aLongTextIsCut() {
    byte[] reset = MuxWriter.reset(1, Status.ABORTED.withDescription("é".repeat(1000)));
    byte[] goAway = MuxWriter.goAway(1, "x".repeat(1025));

    assertThat(reset).hasSize(5 + 1 + 1024);
    assertThat(goAway).hasSize(5 + 4 + 1024);
  }

  @Test
  void aStatusMayHaveNoText() {
    assertThat(MuxWriter.reset(1, Status.ABORTED)).containsExactly(5, 0, 0, 0, 1, 10);
  }

  @Test
  void clientsReadWhatTheServerSaysOfItselfButForTheCalls() {
    byte[] message = MuxWriter.settings(new MuxSettings(1, 2, 3, 4));

    MuxSettings read = MuxSettings.ofClient(message, 5, message.length - 5);

    assertThat(read).isEqualTo(new MuxSettings(1, 2, 100, 4));
    assertThat(ByteBuffer.wrap(Arrays.copyOf(message, 5)).getInt(1)).isZero();
  }
}

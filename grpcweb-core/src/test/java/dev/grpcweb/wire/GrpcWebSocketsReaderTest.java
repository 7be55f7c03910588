// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.grpcweb.testing.Hex;
import dev.grpcweb.transport.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrpcWebSocketsReaderTest {
  /** Remembers what was read; data without their borders. */
  private static final class Recorded implements GrpcWebSocketsReader.Sink {
    final List<String> events = new ArrayList<>();
    private final StringBuilder data = new StringBuilder();

    @Override
    public void headers(Headers headers) {
      events.add("headers " + headers.toString().replace('\n', '|'));
    }

    @Override
    public void headersTooLong(int maxSize) {
      events.add("headers beyond " + maxSize);
    }

    @Override
    public void data(byte[] bytes, int offset, int length) {
      data.append(Hex.of(Arrays.copyOfRange(bytes, offset, offset + length)));
    }

    @Override
    public void halfClose() {
      events.add("half-close after " + data);
    }
  }

  private final Recorded recorded = new Recorded();
  private final GrpcWebSocketsReader reader = new GrpcWebSocketsReader(64, recorded);

  @Test
  void theFirstMessageIsTheHeaderBlock() {
    receive("Content-Type: application/grpc-web+proto\r\nX-A: 1\r\n");

    assertThat(recorded.events)
        .containsExactly("headers content-type: application/grpc-web+proto|x-a: 1|");
  }

  @Test
  void aHeaderBlockMayBeEmpty() {
    receive("");

    assertThat(recorded.events).containsExactly("headers ");
  }

  @Test
  void framesMayBeCutAnywhereByMessages() {
    receive("a: 1\r\n");
    // the prefix, a part of the payload, nothing at all, the rest
    receiveHex("00 00000000 03").receiveHex("00 61").receiveHex("00").receiveHex("00 6263");
    receiveHex("01");

    assertThat(recorded.events)
        .containsExactly("headers a: 1|", "half-close after 0000000003616263");
  }

  @Test
  void messagesMayComeInPartsOfAnySize() {
    byte[][] messages = {
      "a: 1\r\nb: 2\r\n".getBytes(StandardCharsets.US_ASCII),
      Hex.bytes("00 00 00000003 616263"),
      Hex.bytes("01")
    };
    int longest = messages[0].length;
    for (int size = 1; size <= longest; size++) {
      Recorded parts = new Recorded();
      GrpcWebSocketsReader reading = new GrpcWebSocketsReader(64, parts);
      for (byte[] message : messages) {
        for (int at = 0; at < message.length; at += size) {
          reading.received(message, at, Math.min(size, message.length - at), false);
        }
        reading.received(new byte[0], 0, 0, true);
      }

      assertThat(parts.events)
          .as("parts of %s bytes", size)
          .containsExactly("headers a: 1|b: 2|", "half-close after 0000000003616263");
    }
  }

  @Test
  void aHeaderBlockBeyondTheLimitIsSkippedToItsEnd() {
    byte[] block = "a: 1\r\n".repeat(11).getBytes(StandardCharsets.US_ASCII);
    reader.received(block, 0, 60, false);
    reader.received(block, 60, 6, false);
    assertThat(recorded.events).isEmpty();
    reader.received(block, 0, 0, true);
    receiveHex("00 61").receiveHex("01");

    assertThat(recorded.events).containsExactly("headers beyond 64", "half-close after 61");
  }

  @Test
  void aHeaderBlockOfTheLimitIsRead() {
    receive("a: " + "x".repeat(59) + "\r\n");

    assertThat(recorded.events).containsExactly("headers a: " + "x".repeat(59) + "|");
  }

  @Test
  void aLineWithoutAColonIsAFault() {
    assertFault(() -> receive("a 1\r\n"), "expected \"name: value\", got no colon");
  }

  @Test
  void anEmptyMessageIsAFault() {
    receive("a: 1\r\n");

    assertFault(() -> receive(""), "expected a control byte, got an empty message");
  }

  @Test
  void anUnknownControlByteIsAFault() {
    receive("a: 1\r\n");

    assertFault(() -> receiveHex("02"), "expected a control byte 0x00 or 0x01, got 0x02");
  }

  @Test
  void theHalfCloseIsAMessageOfItsOwn() {
    receive("a: 1\r\n");

    assertFault(() -> receiveHex("01 00"), "expected 0x01 alone");
    assertThat(recorded.events).hasSize(1);
  }

  @Test
  void theHalfCloseIsAMessageOfItsOwnInPartsToo() {
    receive("a: 1\r\n");
    reader.received(Hex.bytes("01"), 0, 1, false);

    assertFault(() -> receiveHex("00"), "expected 0x01 alone");
  }

  @Test
  void nothingFollowsTheHalfClose() {
    receive("a: 1\r\n");
    receiveHex("01");

    assertFault(() -> receiveHex("00 61"), "expected nothing after 0x01");
    assertFault(() -> receiveHex("01"), "expected nothing after 0x01");
  }

  private static void assertFault(Runnable receiving, String message) {
    SocketFault fault = catchThrowableOfType(SocketFault.class, receiving::run);
    assertThat(fault).hasMessageContaining(message);
    assertThat(fault.code()).isEqualTo(1002);
  }

  private void receive(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    reader.received(bytes, 0, bytes.length, true);
  }

  private GrpcWebSocketsReaderTest receiveHex(String hex) {
    byte[] bytes = Hex.bytes(hex);
    reader.received(bytes, 0, bytes.length, true);
    return this;
  }
}

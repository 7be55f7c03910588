// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static dev.grpcweb.wire.Faults.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Hex;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class FrameWriterTest {
  /** A message that says its length, truly or not. */
  private static final class Known extends ByteArrayInputStream implements KnownLength {
    int reads;
    private final int mostPerRead;

    Known(String hex, int mostPerRead) {
      super(Hex.bytes(hex));
      this.mostPerRead = mostPerRead;
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length) {
      reads++;
      return super.read(target, offset, Math.min(length, mostPerRead));
    }
  }

  @SuppressWarnings("InputStreamSlowMultibyteRead") // It gives nothing, slowly or not.
  private static class Broken extends InputStream implements KnownLength {
    @Override
    public int read() throws IOException {
      throw new IOException("a secret");
    }

    @Override
    public int available() throws IOException {
      throw new IOException("a secret");
    }
  }

  private static final class DrainOnly extends Broken implements Drainable {
    @Override
    public int drainTo(OutputStream target) throws IOException {
      target.write(Hex.bytes("616263"));
      return 3;
    }
  }

  @Test
  void thePrefixIsFlagsAndABigEndianLength() {
    byte[] target = Hex.bytes("ee ee eeeeeeee ee");

    FrameWriter.prefix(target, 1, FrameWriter.FLAG_TRAILERS, 0x01_02_F3_84);

    assertThat(Hex.of(target)).isEqualTo("ee800102f384ee");
  }

  @Test
  void theFlagsAreThoseOfTheSpecification() {
    assertThat(FrameWriter.FLAG_COMPRESSED).isEqualTo(0x01);
    assertThat(FrameWriter.FLAG_TRAILERS).isEqualTo(0x80);
    assertThat(FrameWriter.PREFIX_LENGTH).isEqualTo(5);
  }

  @Test
  void aLengthIsKnownOnlyIfTheStreamSaysSo() {
    assertThat(FrameWriter.knownLength(new Known("616263", 9))).isEqualTo(3);
    assertThat(FrameWriter.knownLength(new Known("", 9))).isZero();
    assertThat(FrameWriter.knownLength(new ByteArrayInputStream(new byte[3]))).isEqualTo(-1);
  }

  @Test
  void theFirstReadAsksForTheWholeMessage() {
    byte[] target = Hex.bytes("eeee 000000 ee");
    Known message = new Known("616263", 9);

    FrameWriter.fill(message, target, 2, 3);

    assertThat(Hex.of(target)).isEqualTo("eeee616263ee");
    assertThat(message.reads).isEqualTo(1);
  }

  @Test
  void aStreamMayGiveItsBytesInParts() {
    byte[] target = new byte[6];

    FrameWriter.fill(new Known("6162636465", 2), target, 1, 5);

    assertThat(Hex.of(target)).isEqualTo("006162636465");
  }

  @Test
  void anEmptyMessageFillsNothing() {
    byte[] target = Hex.bytes("ee");

    FrameWriter.fill(new Known("", 2), target, 1, 0);

    assertThat(Hex.of(target)).isEqualTo("ee");
  }

  @Test
  void aShorterMessageThanItSaidIsAFault() {
    assertFault(
        () -> FrameWriter.fill(new Known("616263", 2), new byte[9], 0, 4),
        Status.Code.INTERNAL,
        "Message length inaccurate: expected 4 bytes, got 3");
  }

  @Test
  void aStreamThatGivesNothingIsNotReadForever() {
    assertFault(
        () -> FrameWriter.fill(new Known("616263", 0), new byte[9], 0, 3),
        Status.Code.INTERNAL,
        "Message length inaccurate: expected 3 bytes, got 0");
  }

  @Test
  void aLongerMessageThanItSaidIsAFault() {
    assertFault(
        () -> FrameWriter.fill(new Known("616200", 9), new byte[9], 0, 2),
        Status.Code.INTERNAL,
        "Message length inaccurate: expected 2 bytes, got more");
  }

  @Test
  void aMessageOfUnknownLengthIsRead() {
    assertThat(Hex.of(FrameWriter.drain(new ByteArrayInputStream(Hex.bytes("616263")))))
        .isEqualTo("616263");
  }

  @Test
  void aMessageThatDrainsItselfIsNotRead() {
    assertThat(Hex.of(FrameWriter.drain(new DrainOnly()))).isEqualTo("616263");
  }

  @Test
  void whatAStreamThrowsStaysOnTheServer() {
    String text = "Failed to read the message to send";
    WireException fault =
        assertFault(() -> FrameWriter.drain(new Broken()), Status.Code.INTERNAL, text);
    assertThat(fault.status().getCause()).hasMessage("a secret");
    assertFault(
        () -> FrameWriter.fill(new Broken(), new byte[1], 0, 1), Status.Code.INTERNAL, text);
    assertFault(() -> FrameWriter.knownLength(new Broken()), Status.Code.INTERNAL, text);
  }
}

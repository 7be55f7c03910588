// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static dev.grpcweb.wire.Faults.assertFault;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.grpcweb.testing.Hex;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
  private static final int MAX = 4 << 20;

  /** Remembers the messages as {@code flags:hex}, and their arrays. */
  private static final class Recorded implements FrameReader.Sink {
    final List<String> messages = new ArrayList<>();
    final List<byte[]> arrays = new ArrayList<>();
    final List<Integer> offsets = new ArrayList<>();
    int ends;

    @Override
    public void message(boolean compressed, byte[] bytes, int offset, int length) {
      byte[] payload = Arrays.copyOfRange(bytes, offset, offset + length);
      messages.add((compressed ? "z:" : "p:") + Hex.of(payload));
      arrays.add(bytes);
      offsets.add(offset);
    }

    @Override
    public void endOfMessages() {
      ends++;
    }
  }

  private final Recorded recorded = new Recorded();
  private final FrameReader reader = new FrameReader(MAX, recorded);

  // plain "abc", an empty message, compressed "d", an empty message
  private static final byte[] FOUR_FRAMES =
      Hex.bytes("00 00000003 616263   00 00000000   01 00000001 64   00 00000000");
  private static final String[] FOUR_MESSAGES = {"p:616263", "p:", "z:64", "p:"};

  @Test
  void oneChunkHoldsSeveralFrames() {
    Feed.whole(reader, FOUR_FRAMES);
    reader.receivedEnd();

    assertThat(recorded.messages).containsExactly(FOUR_MESSAGES);
    assertThat(recorded.ends).isEqualTo(1);
  }

  @Test
  void framesComeByteByByte() {
    Feed.byteByByte(reader, FOUR_FRAMES);
    reader.receivedEnd();

    assertThat(recorded.messages).containsExactly(FOUR_MESSAGES);
    assertThat(recorded.ends).isEqualTo(1);
  }

  @Test
  void framesAreSplitAtEveryOffset() {
    for (int border = 0; border <= FOUR_FRAMES.length; border++) {
      Recorded messages = new Recorded();
      FrameReader split = new FrameReader(MAX, messages);
      Feed.splitAt(split, FOUR_FRAMES, border);
      split.receivedEnd();

      assertThat(messages.messages).as("split at %d", border).containsExactly(FOUR_MESSAGES);
      assertThat(messages.ends).isEqualTo(1);
    }
  }

  @Test
  void anEmptyMessageIsDeliveredWithItsPrefixNotWithTheNextByte() {
    Feed.whole(reader, Hex.bytes("00 00000000"));

    assertThat(recorded.messages).containsExactly("p:");
  }

  @Test
  void anEmptyChunkChangesNothing() {
    Feed.whole(reader, new byte[0]);
    assertThat(reader.isMidFrame()).isFalse();

    reader.receivedEnd();
    assertThat(recorded.messages).isEmpty();
    assertThat(recorded.ends).isEqualTo(1);
  }

  @Test
  void aPayloadInsideOneChunkIsPassedWithoutACopy() {
    byte[] chunk = Hex.bytes("ffff 00 00000002 6162   00 00000001 63   00");
    reader.received(chunk, 2, chunk.length - 2);

    assertThat(recorded.messages).containsExactly("p:6162", "p:63");
    assertThat(recorded.arrays).allSatisfy(array -> assertThat(array).isSameAs(chunk));
    assertThat(recorded.offsets).containsExactly(7, 14);
  }

  @Test
  void aPayloadThatFollowsItsPrefixInAChunkOfItsOwnIsPassedWithoutACopy() {
    byte[] payload = Hex.bytes("616263");
    Feed.whole(reader, Hex.bytes("00 00000003"));
    reader.received(payload, 0, 3);

    assertThat(recorded.messages).containsExactly("p:616263");
    assertThat(recorded.arrays.get(0)).isSameAs(payload);
  }

  @Test
  void aGatheredMessageIsNotOverwrittenByTheNextOne() {
    byte[] two = Hex.bytes("00 00000002 6161   00 00000002 6262");
    Feed.byteByByte(reader, two);

    assertThat(recorded.arrays.get(0)).containsExactly(0x61, 0x61);
    assertThat(recorded.arrays.get(1)).containsExactly(0x62, 0x62);
  }

  @Test
  void aLongMessageGrowsWithWhatArrives() {
    byte[] payload = new byte[100_000];
    new Random(7).nextBytes(payload);
    byte[] frame = frame(0, payload);

    int at = 0;
    int[] cuts = {5, 6, 8_196, 8_197, 8_198, 20_000, 90_000, frame.length};
    for (int cut : cuts) {
      reader.received(Arrays.copyOfRange(frame, at, cut), 0, cut - at);
      at = cut;
    }

    assertThat(recorded.messages).containsExactly("p:" + Hex.of(payload));
    assertThat(recorded.arrays.get(0)).hasSize(payload.length);
  }

  @Test
  void anAnnouncedLengthAloneAllocatesNothing() {
    // Each of these announces 2 GiB less one byte and sends one byte of it.
    List<FrameReader> readers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      FrameReader announced = new FrameReader(Integer.MAX_VALUE, recorded);
      Feed.whole(announced, Hex.bytes("00 7fffffff 61"));
      readers.add(announced);
    }

    assertThat(readers).allMatch(FrameReader::isMidFrame);
  }

  @Test
  void aMessageOfExactlyTheMaximumPasses() {
    FrameReader small = new FrameReader(3, recorded);
    Feed.whole(small, Hex.bytes("00 00000003 616263"));

    assertThat(recorded.messages).containsExactly("p:616263");
  }

  @Test
  void aMessageBeyondTheMaximumFailsOnItsPrefix() {
    FrameReader small = new FrameReader(3, recorded);

    assertFault(
        () -> Feed.whole(small, Hex.bytes("00 00000004")),
        Status.Code.RESOURCE_EXHAUSTED,
        "gRPC message exceeds maximum size 3: 4");
    assertThat(recorded.messages).isEmpty();
  }

  @Test
  void aLengthIsNotNegative() {
    FrameReader any = new FrameReader(Integer.MAX_VALUE, recorded);

    assertFault(
        () -> Feed.byteByByte(any, Hex.bytes("00 80000000")),
        Status.Code.RESOURCE_EXHAUSTED,
        "gRPC message exceeds maximum size 2147483647: 2147483648");
  }

  @Test
  void theLongestLengthIsNotNegativeEither() {
    assertFault(
        () -> Feed.whole(reader, Hex.bytes("00 ffffffff")),
        Status.Code.RESOURCE_EXHAUSTED,
        "gRPC message exceeds maximum size 4194304: 4294967295");
  }

  @ParameterizedTest
  @ValueSource(strings = {"02", "03", "04", "08", "10", "20", "40", "80", "81", "fe", "ff"})
  void reservedFlagsAreRefused(String flags) {
    assertFault(
        () -> Feed.whole(reader, Hex.bytes(flags + "00000000")),
        Status.Code.INTERNAL,
        "gRPC frame header malformed: reserved bits not zero, expected flags 0x00 or 0x01, got 0x"
            + flags);
  }

  @Test
  void messagesBeforeAFaultAreDelivered() {
    Throwable fault =
        catchThrowable(() -> Feed.whole(reader, Hex.bytes("00 00000001 61   80 00000000")));

    assertThat(fault).isInstanceOf(WireException.class);
    assertThat(recorded.messages).containsExactly("p:61");
  }

  @Test
  void anEndInsideAPrefixIsAFault() {
    for (int length = 1; length < 5; length++) {
      FrameReader cut = new FrameReader(MAX, recorded);
      Feed.whole(cut, Arrays.copyOf(Hex.bytes("00 00000000"), length));

      assertThat(cut.isMidFrame()).isTrue();
      assertFault(
          cut::receivedEnd,
          Status.Code.INTERNAL,
          "Encountered end-of-stream mid-frame: expected a prefix of 5 bytes, got " + length);
    }
    assertThat(recorded.ends).isZero();
  }

  @Test
  void anEndExactlyBehindAPrefixIsAFault() {
    Feed.whole(reader, Hex.bytes("00 00000003"));

    assertThat(reader.isMidFrame()).isTrue();
    assertFault(
        reader::receivedEnd,
        Status.Code.INTERNAL,
        "Encountered end-of-stream mid-frame: expected a payload of 3 bytes, got 0");
    assertThat(recorded.ends).isZero();
  }

  @Test
  void anEndInsideAPayloadIsAFault() {
    Feed.whole(reader, Hex.bytes("01 00000003 6162"));

    assertThat(reader.isMidFrame()).isTrue();
    assertFault(
        reader::receivedEnd,
        Status.Code.INTERNAL,
        "Encountered end-of-stream mid-frame: expected a payload of 3 bytes, got 2");
    assertThat(recorded.messages).isEmpty();
  }

  @Test
  void aReaderIsMidFrameBetweenFramesOnly() {
    for (int length = 0; length <= FOUR_FRAMES.length; length++) {
      FrameReader part = new FrameReader(MAX, recorded);
      Feed.whole(part, Arrays.copyOf(FOUR_FRAMES, length));

      boolean onBorder = length == 0 || length == 8 || length == 13 || length == 19 || length == 24;
      assertThat(part.isMidFrame()).as("after %d bytes", length).isEqualTo(!onBorder);
    }
  }

  @Test
  void randomFramesSurviveRandomChunks() {
    Random random = new Random(20261121);
    for (int round = 0; round < 200; round++) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      List<String> expected = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        byte[] payload = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(20_000)];
        random.nextBytes(payload);
        int flags = random.nextInt(2);
        body.writeBytes(frame(flags, payload));
        expected.add((flags == 1 ? "z:" : "p:") + Hex.of(payload));
      }
      Recorded messages = new Recorded();
      FrameReader any = new FrameReader(MAX, messages);
      byte[] bytes = body.toByteArray();
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextInt(12_000) + 1));
        any.received(Arrays.copyOfRange(bytes, at, at + length), 0, length);
        at += length;
      }
      any.receivedEnd();

      assertThat(messages.messages).as("round %d", round).isEqualTo(expected);
      assertThat(messages.ends).isEqualTo(1);
    }
  }

  private static byte[] frame(int flags, byte[] payload) {
    byte[] frame = new byte[FrameWriter.PREFIX_LENGTH + payload.length];
    FrameWriter.prefix(frame, 0, flags, payload.length);
    System.arraycopy(payload, 0, frame, FrameWriter.PREFIX_LENGTH, payload.length);
    return frame;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static dev.grpcweb.wire.Faults.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Hex;
import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageCompressionTest {
  private static final Decompressor GZIP = new Codec.Gzip();
  private static final String BROKEN = "Malformed gRPC message: expected valid gzip";

  private final MessageCompression compression =
      new MessageCompression(DecompressorRegistry.getDefaultInstance());

  private static byte[] gzip(byte[] bytes) {
    try {
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
        gzip.write(bytes);
      }
      return compressed.toByteArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static InputStream inflate(byte[] compressed, int maxSize) {
    return MessageCompression.inflate(GZIP, compressed, 0, compressed.length, maxSize);
  }

  /** Inflates to what it wants, whatever comes in. */
  private record Fake(InputStream inflated) implements Decompressor {
    @Override
    public String getMessageEncoding() {
      return "fake";
    }

    @Override
    public InputStream decompress(InputStream ignored) {
      return inflated;
    }
  }

  @Test
  void aKnownEncodingIsInflated() {
    assertThat(compression.decompressorFor("gzip").getMessageEncoding()).isEqualTo("gzip");
  }

  @Test
  void identityNeedsNoRegistry() {
    MessageCompression none = new MessageCompression(DecompressorRegistry.emptyInstance());

    assertThat(none.decompressorFor(null)).isSameAs(Codec.Identity.NONE);
    assertThat(none.decompressorFor("identity")).isSameAs(Codec.Identity.NONE);
    assertThat(none.advertisedEncodings()).isEmpty();
  }

  @Test
  void anUnknownEncodingIsAFault() {
    assertFault(
        () -> compression.decompressorFor("br"),
        Status.Code.UNIMPLEMENTED,
        "Can't find decompressor for br");
  }

  @Test
  void encodingsAreAdvertised() {
    assertThat(compression.advertisedEncodings()).isEqualTo("gzip");
    MessageCompression two =
        new MessageCompression(
            DecompressorRegistry.getDefaultInstance()
                .with(new Fake(InputStream.nullInputStream()), true));
    assertThat(two.advertisedEncodings().split(",", -1)).containsExactlyInAnyOrder("gzip", "fake");
  }

  @Test
  void acceptedEncodingsAreAListInOrder() {
    assertThat(MessageCompression.acceptedEncodings("br, gzip ,identity,\tgzip,, "))
        .containsExactly("br", "gzip", "identity");
    assertThat(MessageCompression.acceptedEncodings(null)).isEmpty();
    assertThat(MessageCompression.acceptedEncodings("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_023, 1_024, 1_025, 2_047, 2_048, 2_049, 100_000})
  void aMessageOfTheMaximumIsInflatedAndNoLongerOne(int length) throws IOException {
    byte[] message = new byte[length]; // Zeros shrink so much that the array has to grow.
    byte[] compressed = gzip(message);

    for (int max : new int[] {length, length + 1, Integer.MAX_VALUE}) {
      InputStream inflated = inflate(compressed, max);
      assertThat(inflated).isInstanceOf(KnownLength.class);
      assertThat(inflated.available()).isEqualTo(length);
      assertThat(inflated.readAllBytes()).isEqualTo(message);
    }
    if (length > 0) {
      assertFault(
          () -> inflate(compressed, length - 1),
          Status.Code.RESOURCE_EXHAUSTED,
          "Decompressed gRPC message exceeds maximum size " + (length - 1));
    }
  }

  @Test
  void aMessageThatGrewByCompressionIsInflated() throws IOException {
    for (int length = 0; length < 5_000; length += 61) {
      byte[] message = random(length);
      assertThat(inflate(gzip(message), 5_000).readAllBytes()).isEqualTo(message);
    }
  }

  @Test
  void aSliceIsInflated() throws IOException {
    byte[] compressed = gzip(Hex.bytes("616263"));
    byte[] chunk = new byte[compressed.length + 5];
    System.arraycopy(compressed, 0, chunk, 2, compressed.length);

    InputStream message = MessageCompression.inflate(GZIP, chunk, 2, compressed.length, 3);

    assertThat(Hex.of(message.readAllBytes())).isEqualTo("616263");
  }

  @Test
  void aBombStopsAtTheMaximum() {
    AtomicInteger given = new AtomicInteger();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            given.incrementAndGet();
            return 0;
          }

          @Override
          public int read(byte[] target, int offset, int length) {
            given.addAndGet(length);
            return length;
          }
        };

    assertFault(
        () -> MessageCompression.inflate(new Fake(endless), new byte[9], 0, 9, 10_000),
        Status.Code.RESOURCE_EXHAUSTED,
        "Decompressed gRPC message exceeds maximum size 10000");
    assertThat(given).hasValue(10_001);
  }

  @Test
  void everyCutOfACompressedMessageIsAFault() {
    byte[] compressed = gzip(random(50));
    for (int length = 0; length < compressed.length; length++) {
      int cut = length;
      assertFault(
          () -> MessageCompression.inflate(GZIP, compressed, 0, cut, 100),
          Status.Code.INTERNAL,
          BROKEN);
    }
  }

  @Test
  void manyEmptyMembersAreAFaultAlthoughTheDecompressorCallsItselfForEach() {
    byte[] member = gzip(new byte[0]);
    byte[] compressed = new byte[member.length * 200_000];
    for (int at = 0; at < compressed.length; at += member.length) {
      System.arraycopy(member, 0, compressed, at, member.length);
    }

    assertFault(() -> inflate(compressed, 4 << 20), Status.Code.INTERNAL, BROKEN);
  }

  @Test
  void aWrongChecksumIsAFaultAndItsTextStaysOnTheServer() {
    byte[] compressed = gzip(random(50));
    compressed[compressed.length - 5] ^= 1;

    WireException fault = assertFault(() -> inflate(compressed, 100), Status.Code.INTERNAL, BROKEN);
    assertThat(fault.status().getCause()).isInstanceOf(IOException.class);
  }

  @Test
  void whateverADecompressorThrowsIsAFault() {
    Decompressor broken =
        new Decompressor() {
          @Override
          public String getMessageEncoding() {
            return "gzip";
          }

          @Override
          public InputStream decompress(InputStream message) {
            throw new IllegalStateException("a secret");
          }
        };

    assertFault(
        () -> MessageCompression.inflate(broken, new byte[1], 0, 1, 1),
        Status.Code.INTERNAL,
        BROKEN);
  }

  @Test
  void theInflaterIsClosed() {
    AtomicInteger closed = new AtomicInteger();
    InputStream inflated =
        new ByteArrayInputStream(Hex.bytes("616263")) {
          @Override
          public void close() {
            closed.incrementAndGet();
          }
        };

    assertFault(
        () -> MessageCompression.inflate(new Fake(inflated), new byte[1], 0, 1, 2),
        Status.Code.RESOURCE_EXHAUSTED,
        "Decompressed gRPC message exceeds maximum size 2");
    assertThat(closed).hasValue(1);
  }

  @Test
  void aCompressedMessageNeedsAnEncoding() {
    assertFault(
        () -> MessageCompression.inflate(Codec.Identity.NONE, new byte[1], 0, 1, 1),
        Status.Code.INTERNAL,
        "Can't decode compressed gRPC message as compression not configured");
  }

  @Test
  void aMessageIsDeflated() throws IOException {
    byte[] message = random(20_000);

    byte[] deflated =
        MessageCompression.deflate(new Codec.Gzip(), new ByteArrayInputStream(message));

    try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(deflated))) {
      assertThat(gzip.readAllBytes()).isEqualTo(message);
    }
  }

  @SuppressWarnings("InputStreamSlowMultibyteRead") // It gives nothing, slowly or not.
  private static class Broken extends InputStream {
    @Override
    public int read() throws IOException {
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
  void aMessageThatDrainsItselfIsDeflated() throws IOException {
    byte[] deflated = MessageCompression.deflate(new Codec.Gzip(), new DrainOnly());

    assertThat(Hex.of(inflate(deflated, 3).readAllBytes())).isEqualTo("616263");
  }

  @Test
  void whatAMessageThrowsStaysOnTheServer() {
    assertFault(
        () -> MessageCompression.deflate(new Codec.Gzip(), new Broken()),
        Status.Code.INTERNAL,
        "Failed to compress the message to send");
  }

  @Test
  void encodingsAreCaseSensitive() {
    assertFault(
        () -> compression.decompressorFor("GZIP"),
        Status.Code.UNIMPLEMENTED,
        "Can't find decompressor for GZIP");
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.testing.Hex;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class MessageInputStreamTest {
  private final byte[] chunk = Hex.bytes("eeee 01ff0304 ee");
  private final MessageInputStream message = new MessageInputStream(chunk, 2, 4);

  @Test
  void marshallersSeeItsLengthAndItsBuffer() {
    assertThat(message).isInstanceOf(KnownLength.class).isInstanceOf(HasByteBuffer.class);
    assertThat(message.byteBufferSupported()).isTrue();
  }

  @Test
  void itIsReadByteByByte() {
    int[] read = {message.read(), message.read(), message.read(), message.read(), message.read()};

    assertThat(read).containsExactly(0x01, 0xff, 0x03, 0x04, -1);
    assertThat(message.available()).isZero();
  }

  @Test
  void itIsReadInParts() {
    byte[] target = new byte[6];

    assertThat(message.read(target, 1, 3)).isEqualTo(3);
    assertThat(Hex.of(target)).isEqualTo("0001ff030000");
    assertThat(message.available()).isEqualTo(1);
    assertThat(message.read(target, 0, 6)).isEqualTo(1);
    assertThat(Hex.of(target)).isEqualTo("0401ff030000");
    assertThat(message.read(target, 0, 6)).isEqualTo(-1);
  }

  @Test
  void readingNothingIsNoEnd() {
    byte[] target = new byte[1];
    assertThat(message.read(target, 0, 0)).isZero();
    message.readAllBytes();

    assertThat(message.read(target, 0, 0)).isZero();
    assertThatThrownBy(() -> message.read(target, 0, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void theRestIsReadAtOnce() {
    assertThat(message.read()).isEqualTo(1);

    assertThat(Hex.of(message.readAllBytes())).isEqualTo("ff0304");
    assertThat(message.readAllBytes()).isEmpty();
  }

  @Test
  void theRestIsTransferred() throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    assertThat(message.read()).isEqualTo(1);

    assertThat(message.transferTo(target)).isEqualTo(3);
    assertThat(Hex.of(target.toByteArray())).isEqualTo("ff0304");
    assertThat(message.transferTo(target)).isZero();
  }

  @Test
  void bytesAreSkippedUpToTheEnd() {
    assertThat(message.skip(-1)).isZero();
    assertThat(message.skip(0)).isZero();
    assertThat(message.skip(2)).isEqualTo(2);
    assertThat(message.available()).isEqualTo(2);
    assertThat(message.skip(Long.MAX_VALUE)).isEqualTo(2);
    assertThat(message.read()).isEqualTo(-1);
  }

  @Test
  void aMarkIsReturnedTo() {
    assertThat(message.markSupported()).isTrue();
    assertThat(message.skip(1)).isEqualTo(1);
    message.mark(1);
    assertThat(message.skip(2)).isEqualTo(2);
    message.reset();

    assertThat(message.available()).isEqualTo(3);
  }

  @Test
  void withoutAMarkItBeginsAgain() {
    assertThat(message.skip(3)).isEqualTo(3);
    message.reset();

    assertThat(Hex.of(message.readAllBytes())).isEqualTo("01ff0304");
  }

  @Test
  void theBufferIsTheRestAndNoCopy() {
    assertThat(message.skip(1)).isEqualTo(1);
    ByteBuffer buffer = message.getByteBuffer();
    chunk[4] = 0x55;

    assertThat(buffer).isEqualTo(ByteBuffer.wrap(Hex.bytes("ff5504")));
    assertThat(message.available()).isEqualTo(3);
  }

  @Test
  void theBufferShowsNothingOfItsNeighbours() {
    assertThat(message.skip(1)).isEqualTo(1);

    assertThat(message.getByteBuffer())
        .isNotNull()
        .satisfies(
            buffer -> {
              assertThat(buffer.position()).isZero();
              assertThat(buffer.capacity()).isEqualTo(3);
            });
  }

  @Test
  void atTheEndThereIsNoBuffer() {
    message.readAllBytes();

    assertThat(message.getByteBuffer()).isNull();
  }
}

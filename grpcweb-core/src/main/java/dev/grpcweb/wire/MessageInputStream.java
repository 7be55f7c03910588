// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A received message for its marshaller: a slice of an array, read without a copy. Marshallers
 * allocate what they need and no more because its length is known.
 *
 * <p>Not thread-safe.
 */
final class MessageInputStream extends InputStream implements KnownLength, HasByteBuffer {
  private final byte[] bytes;
  private final int end;
  private int at;
  private int marked;

  MessageInputStream(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.at = offset;
    this.marked = offset;
    this.end = offset + length;
  }

  @Override
  public int read() {
    return at < end ? bytes[at++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (at == end) {
      return -1;
    }
    int count = Math.min(length, end - at);
    System.arraycopy(bytes, at, target, offset, count);
    at += count;
    return count;
  }

  @Override
  public byte[] readAllBytes() {
    byte[] rest = Arrays.copyOfRange(bytes, at, end);
    at = end;
    return rest;
  }

  @Override
  public long transferTo(OutputStream out) throws IOException {
    int count = end - at;
    out.write(bytes, at, count);
    at = end;
    return count;
  }

  @Override
  public long skip(long wanted) {
    int count = (int) Math.max(0, Math.min(wanted, end - at));
    at += count;
    return count;
  }

  @Override
  public int available() {
    return end - at;
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // One thread reads a message.
  public void mark(int readLimit) {
    marked = at;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // One thread reads a message.
  public void reset() {
    at = marked;
  }

  @Override
  public boolean byteBufferSupported() {
    return true;
  }

  @Override
  public @Nullable ByteBuffer getByteBuffer() {
    return at == end ? null : ByteBuffer.wrap(bytes, at, end - at).slice();
  }
}

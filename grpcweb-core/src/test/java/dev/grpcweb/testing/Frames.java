// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Frames as a client writes and reads them, independent of the code under test. */
public final class Frames {
  /** One frame. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares frames.
  public record Frame(int flags, byte[] payload) {
    public String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }
  }

  private Frames() {}

  /** Returns one frame for each text, one behind the other. */
  public static byte[] messages(String... texts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String text : texts) {
      all.writeBytes(frame(0x00, text.getBytes(StandardCharsets.UTF_8)));
    }
    return all.toByteArray();
  }

  /** Returns a frame of a gzipped text. */
  public static byte[] gzipped(String text) {
    return frame(0x01, gzip(text.getBytes(StandardCharsets.UTF_8)));
  }

  public static byte[] frame(int flags, byte[] payload) {
    return ByteBuffer.allocate(5 + payload.length)
        .put((byte) flags)
        .putInt(payload.length)
        .put(payload)
        .array();
  }

  public static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return zipped.toByteArray();
  }

  /** Cuts a body into its frames, all of which must be whole. */
  public static List<Frame> parse(byte[] body) {
    List<Frame> frames = new ArrayList<>();
    ByteBuffer rest = ByteBuffer.wrap(body);
    while (rest.hasRemaining()) {
      if (rest.remaining() < 5) {
        throw new AssertionError("a frame's prefix is cut: " + Hex.of(body));
      }
      int flags = rest.get() & 0xFF;
      byte[] payload = new byte[rest.getInt()];
      if (rest.remaining() < payload.length) {
        throw new AssertionError("a frame is cut: " + Hex.of(body));
      }
      rest.get(payload);
      frames.add(new Frame(flags, payload));
    }
    return frames;
  }
}

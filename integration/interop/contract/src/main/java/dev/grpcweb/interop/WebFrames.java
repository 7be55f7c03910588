// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import io.grpc.Metadata;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** Cuts the body of an answer, which may be base64, into messages and trailers. */
final class WebFrames {
  private static final int PREFIX_LENGTH = 5;

  /** Takes what a body consists of. */
  interface Receiver {
    void message(boolean compressed, byte[] payload);

    void trailers(Metadata trailers);
  }

  private final boolean text;
  private final Receiver receiver;
  private byte[] characters = {};
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  WebFrames(boolean text, Receiver receiver) {
    this.text = text;
    this.receiver = receiver;
  }

  void received(byte[] chunk) {
    if (text) {
      decode(chunk);
    } else {
      bytes.writeBytes(chunk);
    }
    cut();
  }

  /** Units end with their padding: what lies between two of them is decoded at once. */
  private void decode(byte[] chunk) {
    byte[] all = Arrays.copyOf(characters, characters.length + chunk.length);
    System.arraycopy(chunk, 0, all, characters.length, chunk.length);
    int whole = all.length / 4 * 4;
    int from = 0;
    for (int at = 4; at <= whole; at += 4) {
      if (all[at - 1] == '=' || at == whole) {
        bytes.writeBytes(Base64.getDecoder().decode(Arrays.copyOfRange(all, from, at)));
        from = at;
      }
    }
    characters = Arrays.copyOfRange(all, whole, all.length);
  }

  private void cut() {
    byte[] all = bytes.toByteArray();
    ByteBuffer rest = ByteBuffer.wrap(all);
    while (rest.remaining() >= PREFIX_LENGTH) {
      int flags = rest.get(rest.position());
      int length = rest.getInt(rest.position() + 1);
      if (rest.remaining() < PREFIX_LENGTH + length) {
        break;
      }
      int from = rest.position() + PREFIX_LENGTH;
      rest.position(from + length);
      frame(flags, Arrays.copyOfRange(all, from, from + length));
    }
    bytes.reset();
    bytes.write(all, rest.position(), rest.remaining());
  }

  private void frame(int flags, byte[] payload) {
    if ((flags & 0x80) == 0) {
      receiver.message((flags & 0x01) != 0, payload);
      return;
    }
    TreeMap<String, List<String>> fields = new TreeMap<>();
    for (String line : new String(payload, StandardCharsets.US_ASCII).split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.put(line.substring(0, colon), List.of(line.substring(colon + 1).trim()));
      }
    }
    receiver.trailers(WebMetadata.read(fields));
  }

  static byte[] gunzip(byte[] zipped) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

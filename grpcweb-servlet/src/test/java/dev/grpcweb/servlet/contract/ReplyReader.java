// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a response as a strict client does: whole frames, then one trailers frame and nothing after
 * it, or nothing and trailers of HTTP, or a status in a head that is all there is.
 *
 * <p>Not thread-safe.
 */
final class ReplyReader {
  private static final int QUANTUM = 4;

  private final HttpExchange exchange;
  private final Format format;

  /** Characters that are no whole quantum yet. */
  private byte[] characters = {};

  /** Decoded and not yet taken. */
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  private @Nullable Map<String, String> trailers;

  ReplyReader(HttpExchange exchange, Format format) {
    this.exchange = exchange;
    this.format = format;
  }

  /** Waits for the next message; returns null when the trailers have come. */
  byte @Nullable [] next() throws IOException {
    if (trailers != null) {
      return null;
    }
    if (!format.hasTrailersFrame() && !bytes.hasRemaining() && !fill()) {
      trailers = trailersOfHttp();
      return null;
    }
    int flags = take(1).get() & 0xFF;
    int length = take(4).getInt();
    if (length < 0) {
      throw new IOException("a frame of " + length + " bytes");
    }
    byte[] payload = new byte[length];
    take(length).get(payload);
    if (flags == 0) {
      return payload;
    }
    if (flags != Frames.TRAILERS || !format.hasTrailersFrame()) {
      throw new IOException("a frame of flags " + flags);
    }
    if (exchange.header("grpc-status") != null) {
      throw new IOException("a status in the head too");
    }
    trailers = parse(new String(payload, StandardCharsets.US_ASCII));
    return null;
  }

  /** Returns the trailers; the messages have been read. */
  Map<String, String> trailers() {
    if (trailers == null) {
      throw new IllegalStateException("the trailers have not been read");
    }
    return trailers;
  }

  /** Waits for the end of the body, which comes behind the trailers. */
  void end() throws IOException {
    if (bytes.hasRemaining() || fill()) {
      throw new IOException("bytes after the trailers");
    }
    if (format.hasTrailersFrame() && !exchange.trailers().isEmpty()) {
      throw new IOException("trailers of HTTP after a trailers frame");
    }
  }

  private Map<String, String> trailersOfHttp() throws IOException {
    Map<String, String> all = exchange.headThatIsAll();
    if (all != null) {
      return withStatus(all);
    }
    if (exchange.header("grpc-status") != null) {
      throw new IOException("a status in a head that is not all");
    }
    return withStatus(exchange.trailers());
  }

  private static Map<String, String> parse(String block) throws IOException {
    Map<String, String> parsed = new TreeMap<>();
    for (String line : block.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (line.isEmpty()) {
        continue;
      }
      if (colon < 1 || line.indexOf('\n') >= 0) {
        throw new IOException("a trailer line: " + line);
      }
      if (parsed.put(line.substring(0, colon), line.substring(colon + 1).trim()) != null) {
        throw new IOException("a trailer that comes twice: " + line);
      }
    }
    return withStatus(parsed);
  }

  private static Map<String, String> withStatus(Map<String, String> trailers) throws IOException {
    if (!trailers.containsKey("grpc-status")) {
      throw new IOException("trailers without a status: " + trailers);
    }
    return trailers;
  }

  /** Waits for this many bytes. */
  private ByteBuffer take(int count) throws IOException {
    if (bytes.remaining() < count) {
      ByteBuffer gathered = ByteBuffer.allocate(Math.max(count, 64 * 1024)).put(bytes).flip();
      bytes = gathered;
      while (bytes.remaining() < count) {
        if (!fill()) {
          throw new EOFException("the body ended inside a frame");
        }
      }
    }
    ByteBuffer taken = bytes.slice(bytes.position(), count);
    bytes.position(bytes.position() + count);
    return taken;
  }

  /** Appends what comes next to {@link #bytes}; returns false at the end of the body. */
  private boolean fill() throws IOException {
    byte[] next = exchange.read();
    while (next != null && format == Format.TEXT) {
      next = decode(next);
      if (next.length > 0) {
        break;
      }
      next = exchange.read();
    }
    if (next == null) {
      if (characters.length > 0) {
        throw new EOFException("the body ended inside a quantum");
      }
      return false;
    }
    int free = bytes.capacity() - bytes.limit();
    if (free < next.length) {
      int capacity = Math.max(bytes.remaining() + next.length, 2 * bytes.remaining());
      bytes = ByteBuffer.allocate(capacity).put(bytes).flip();
    }
    int end = bytes.limit();
    bytes.limit(end + next.length);
    bytes.put(end, next);
    return true;
  }

  private byte[] decode(byte[] received) {
    byte[] all = Frames.join(characters, received);
    if (all.length == 0) {
      return all;
    }
    int length = 0;
    for (byte character : all) {
      if (character != ' ') {
        all[length++] = character;
      }
    }
    int whole = length / QUANTUM * QUANTUM;
    characters = Arrays.copyOfRange(all, whole, length);
    return decodeUnits(Arrays.copyOf(all, whole));
  }

  /** Decodes quanta that may be padded anywhere. */
  private static byte[] decodeUnits(byte[] quanta) {
    ByteBuffer decoded = ByteBuffer.allocate(quanta.length / QUANTUM * 3);
    int from = 0;
    for (int end = QUANTUM; end <= quanta.length; end += QUANTUM) {
      if (quanta[end - 1] == '=' || end == quanta.length) {
        decoded.put(Base64.getDecoder().decode(Arrays.copyOfRange(quanta, from, end)));
        from = end;
      }
    }
    return Arrays.copyOf(decoded.array(), decoded.position());
  }
}

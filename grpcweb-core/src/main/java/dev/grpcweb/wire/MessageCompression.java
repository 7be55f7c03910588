// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.Drainable;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which encodings the requests of a server may use, and how encoded messages are read and written:
 * {@code grpc-encoding}, {@code grpc-accept-encoding} and the payloads behind flag bit 0.
 *
 * <p>Any thread. See <a
 * href="https://github.com/grpc/grpc/blob/master/doc/compression.md">compression</a>.
 */
public final class MessageCompression {
  private static final String IDENTITY = Codec.Identity.NONE.getMessageEncoding();
  private static final int FIRST_PART = 1024;

  private final DecompressorRegistry decompressors;
  private final String advertisedEncodings;

  /** Lets requests use the encodings of a registry, which does not change. */
  public MessageCompression(DecompressorRegistry decompressors) {
    this.decompressors = decompressors;
    this.advertisedEncodings = String.join(",", decompressors.getAdvertisedMessageEncodings());
  }

  /**
   * Returns what inflates the messages of a request with this {@code grpc-encoding}.
   *
   * @throws WireException if the encoding is unknown
   */
  Decompressor decompressorFor(@Nullable String grpcEncoding) {
    if (grpcEncoding == null || grpcEncoding.equals(IDENTITY)) {
      return Codec.Identity.NONE;
    }
    Decompressor decompressor = decompressors.lookupDecompressor(grpcEncoding);
    if (decompressor == null) {
      throw new WireException(
          Status.UNIMPLEMENTED.withDescription("Can't find decompressor for " + grpcEncoding));
    }
    return decompressor;
  }

  /** Returns the {@code grpc-accept-encoding} of the responses; empty if there is none. */
  String advertisedEncodings() {
    return advertisedEncodings;
  }

  /** Returns what a client's {@code grpc-accept-encoding} names, in its order. */
  static Set<String> acceptedEncodings(@Nullable String grpcAcceptEncoding) {
    Set<String> encodings = new LinkedHashSet<>();
    if (grpcAcceptEncoding != null) {
      for (String encoding : grpcAcceptEncoding.split(",", -1)) {
        if (!encoding.isBlank()) {
          encodings.add(encoding.trim());
        }
      }
    }
    return encodings;
  }

  /**
   * Inflates one payload up to a limit, in an array that grows with what comes out.
   *
   * @param maxSize the most bytes that may come out
   * @return the message, of known length
   * @throws WireException if more comes out, if the payload is broken, or if the request named no
   *     encoding
   */
  static MessageInputStream inflate(
      Decompressor decompressor, byte[] bytes, int offset, int length, int maxSize) {
    if (decompressor.getMessageEncoding().equals(IDENTITY)) {
      throw new WireException(
          Status.INTERNAL.withDescription(
              "Can't decode compressed gRPC message as compression not configured"));
    }
    try (InputStream inflated =
        decompressor.decompress(new MessageInputStream(bytes, offset, length))) {
      return readAtMost(inflated, Math.min(maxSize, Math.max(FIRST_PART, 2L * length)), maxSize);
    } catch (WireException e) {
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // What a decoder says of hostile bytes is not for the peer. The JDK's gzip calls itself for
      // each member that is empty, and a message may consist of nothing else.
      throw new WireException(
          Status.INTERNAL
              .withDescription(
                  "Malformed gRPC message: expected valid " + decompressor.getMessageEncoding())
              .withCause(e));
    }
  }

  /** Compresses one message. Does not close it. */
  static byte[] deflate(Compressor compressor, InputStream message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream deflated = compressor.compress(bytes)) {
      if (message instanceof Drainable drainable) {
        drainable.drainTo(deflated);
      } else {
        message.transferTo(deflated);
      }
    } catch (IOException e) {
      throw new WireException(
          Status.INTERNAL.withDescription("Failed to compress the message to send").withCause(e));
    }
    return bytes.toByteArray();
  }

  private static MessageInputStream readAtMost(InputStream inflated, long firstPart, int maxSize)
      throws IOException {
    byte[] target = new byte[(int) firstPart];
    int have = 0;
    while (true) {
      if (have == target.length) {
        int more = inflated.read();
        if (more < 0) {
          break;
        }
        if (have == maxSize) {
          throw new WireException(
              Status.RESOURCE_EXHAUSTED.withDescription(
                  "Decompressed gRPC message exceeds maximum size " + maxSize));
        }
        target = Arrays.copyOf(target, (int) Math.min(maxSize, 2L * target.length));
        target[have++] = (byte) more;
        continue;
      }
      int count = inflated.read(target, have, target.length - have);
      if (count < 0) {
        break;
      }
      have += count;
    }
    return new MessageInputStream(target, 0, have);
  }
}

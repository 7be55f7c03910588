// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Headers;
import io.grpc.Metadata;
import io.grpc.Status;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * HTTP fields to {@link Metadata}, and back.
 *
 * <p>Any thread; without state but for the names it has warned of. See <a
 * href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">PROTOCOL-HTTP2</a>,
 * Custom-Metadata.
 */
final class MetadataText {
  private static final System.Logger LOGGER = System.getLogger(MetadataText.class.getName());

  /** What HTTP/2 adds to each field when it counts the size of a header list. */
  private static final int FIELD_OVERHEAD = 32;

  /** They speak of the connection, not of the call. */
  private static final Set<String> CONNECTION_FIELDS =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "transfer-encoding",
          "upgrade",
          "http2-settings",
          "host",
          "content-length");

  /** The wire writes them itself; an application's copy would contradict it. */
  private static final Set<String> WRITTEN_BY_THE_WIRE =
      Set.of(
          "content-type",
          "te",
          "user-agent",
          "grpc-encoding",
          "grpc-accept-encoding",
          "grpc-status",
          "grpc-message");

  private static final int MOST_NAMES_WARNED_OF = 100;
  private static final Set<String> NAMES_WARNED_OF = ConcurrentHashMap.newKeySet();

  private MetadataText() {}

  /**
   * Reads the fields that can be metadata and skips the others.
   *
   * @param maxSize the most that all fields may count, the skipped ones included
   * @throws WireException if there is too much, or if a binary value is no base64
   */
  static Metadata parse(Headers headers, int maxSize) {
    checkSize(headers, maxSize);
    Metadata metadata = new Metadata();
    headers.forEach(
        (name, value) -> {
          if (!isKey(name) || CONNECTION_FIELDS.contains(name)) {
            return;
          }
          if (isBinary(name)) {
            putBinary(metadata, name, value);
          } else if (isPrintable(value)) {
            metadata.put(textKey(name), value);
          }
        });
    return metadata;
  }

  /**
   * Passes each field once, several values joined by a comma: clients differ in how they read a
   * name that comes twice. Values that a header cannot hold are dropped. So are spaces at either
   * end, as the protocol allows: HTTP/2 has no field with them, and a container may break the
   * response off.
   */
  static void write(Metadata metadata, BiConsumer<String, String> fields) {
    for (String name : metadata.keys()) {
      if (!isKey(name) || CONNECTION_FIELDS.contains(name) || WRITTEN_BY_THE_WIRE.contains(name)) {
        continue;
      }
      List<String> values = isBinary(name) ? binary(metadata, name) : printable(metadata, name);
      if (!values.isEmpty()) {
        String joined = values.size() == 1 ? values.get(0) : String.join(",", values);
        fields.accept(name, joined.strip());
      }
    }
  }

  private static void checkSize(Headers headers, int maxSize) {
    long[] size = {0};
    headers.forEach((name, value) -> size[0] += name.length() + value.length() + FIELD_OVERHEAD);
    if (size[0] > maxSize) {
      throw new WireException(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "Metadata exceeds maximum size " + maxSize + ": " + size[0]));
    }
  }

  private static void putBinary(Metadata metadata, String name, String joined) {
    Metadata.Key<byte[]> key = binaryKey(name);
    // The limit keeps empty values, at the end too.
    for (String value : joined.split(",", -1)) {
      try {
        metadata.put(key, Base64.getDecoder().decode(value.trim()));
      } catch (IllegalArgumentException e) {
        throw new WireException(
            Status.INVALID_ARGUMENT.withDescription(
                "Malformed metadata " + name + ": expected base64, padded or not"));
      }
    }
  }

  private static List<String> binary(Metadata metadata, String name) {
    List<String> values = new ArrayList<>();
    Iterable<byte[]> all = metadata.getAll(binaryKey(name));
    if (all != null) {
      for (byte[] value : all) {
        values.add(Base64.getEncoder().withoutPadding().encodeToString(value));
      }
    }
    return values;
  }

  private static List<String> printable(Metadata metadata, String name) {
    List<String> values = new ArrayList<>();
    Iterable<String> all = metadata.getAll(textKey(name));
    if (all != null) {
      for (String value : all) {
        if (isPrintable(value)) {
          values.add(value);
        } else {
          warn(name);
        }
      }
    }
    return values;
  }

  private static Metadata.Key<String> textKey(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static Metadata.Key<byte[]> binaryKey(String name) {
    return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
  }

  private static boolean isBinary(String name) {
    return name.endsWith(Metadata.BINARY_HEADER_SUFFIX);
  }

  /** HTTP allows more characters in a name than {@link Metadata.Key} takes. */
  private static boolean isKey(String name) {
    if (name.isEmpty() || name.equals(Metadata.BINARY_HEADER_SUFFIX)) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean taken =
          (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
      if (!taken) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPrintable(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c > 0x7E) {
        return false;
      }
    }
    return true;
  }

  private static void warn(String name) {
    if (NAMES_WARNED_OF.size() < MOST_NAMES_WARNED_OF && NAMES_WARNED_OF.add(name)) {
      LOGGER.log(
          Level.WARNING,
          "Dropped a value of metadata {0}: expected printable ASCII; use a -bin key for others",
          name);
    }
  }
}

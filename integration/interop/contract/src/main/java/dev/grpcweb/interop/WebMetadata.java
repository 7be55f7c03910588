// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import static java.util.Objects.requireNonNullElse;

import io.grpc.Metadata;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Metadata and a status as fields of text. */
final class WebMetadata {
  static final Metadata.Key<String> STATUS = ascii("grpc-status");
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "keep-alive", "transfer-encoding");
  private static final Metadata.Key<String> MESSAGE = ascii("grpc-message");

  private WebMetadata() {}

  static void write(Metadata metadata, BiConsumer<String, String> fields) {
    for (String name : metadata.keys()) {
      if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
        requireNonNullElse(metadata.getAll(binary(name)), List.<byte[]>of())
            .forEach(
                value ->
                    fields.accept(
                        name, Base64.getEncoder().withoutPadding().encodeToString(value)));
      } else {
        requireNonNullElse(metadata.getAll(ascii(name)), List.<String>of())
            .forEach(value -> fields.accept(name, value));
      }
    }
  }

  static Metadata read(Map<String, List<String>> fields) {
    Metadata metadata = new Metadata();
    fields.forEach(
        (name, values) -> {
          for (String value : OF_THE_CONNECTION.contains(name) ? List.<String>of() : values) {
            if (!name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
              metadata.put(ascii(name), value);
            } else {
              for (String part : value.split(",", -1)) {
                metadata.put(binary(name), Base64.getDecoder().decode(part.trim()));
              }
            }
          }
        });
    return metadata;
  }

  /** Takes the status out of the trailers. */
  static Status status(Metadata trailers) {
    String code = requireNonNullElse(trailers.get(STATUS), "2");
    String message = trailers.get(MESSAGE);
    trailers.discardAll(STATUS);
    trailers.discardAll(MESSAGE);
    Status status = Status.fromCodeValue(Integer.parseInt(code));
    return message == null ? status : status.withDescription(unescape(message));
  }

  private static String unescape(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Metadata.Key<String> ascii(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static Metadata.Key<byte[]> binary(String name) {
    return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
  }
}

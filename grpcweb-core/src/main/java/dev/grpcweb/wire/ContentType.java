// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A media type of the gRPC family: {@code application/grpc-web-text+proto; charset=utf-8} has the
 * type {@code application/grpc-web-text} and the codec {@code proto}. Parameters say nothing here
 * and are dropped.
 *
 * @param type in lower case, up to the {@code +}
 * @param codec in lower case, what follows the {@code +}; null if there is none
 */
record ContentType(String type, @Nullable String codec) {
  static final String PROTO = "proto";

  private static final Pattern QUALITY_ZERO = Pattern.compile("[qQ]=0(\\.0*)?");

  /** Reads a {@code content-type} value; null if it is absent or names nothing. */
  static @Nullable ContentType parse(@Nullable String headerValue) {
    if (headerValue == null) {
      return null;
    }
    int semicolon = headerValue.indexOf(';');
    String name = semicolon < 0 ? headerValue : headerValue.substring(0, semicolon);
    name = name.trim().toLowerCase(Locale.ROOT);
    if (name.isEmpty()) {
      return null;
    }
    int plus = name.indexOf('+');
    return plus < 0
        ? new ContentType(name, null)
        : new ContentType(name.substring(0, plus), name.substring(plus + 1));
  }

  /** Returns whether messages are protocol buffers, as they are where no codec is named. */
  boolean isProto() {
    return codec == null || codec.equals(PROTO);
  }

  /**
   * Returns whether an {@code accept} value names this type, with any codec. Wildcards name
   * nothing, and {@code q=0} takes a name back.
   *
   * @param type in lower case, without a codec
   */
  static boolean accepts(@Nullable String acceptHeader, String type) {
    if (acceptHeader == null) {
      return false;
    }
    for (String range : acceptHeader.split(",", -1)) {
      ContentType accepted = parse(range);
      if (accepted != null && accepted.type.equals(type) && !isRefused(range)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRefused(String range) {
    String[] parts = range.split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].replace(" ", "").replace("\t", "");
      if (QUALITY_ZERO.matcher(parameter).matches()) {
        return true;
      }
    }
    return false;
  }
}

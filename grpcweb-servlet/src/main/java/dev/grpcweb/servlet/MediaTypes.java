// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Content types as far as a door has to tell them apart. */
final class MediaTypes {
  private static final String NATIVE = "application/grpc";

  private MediaTypes() {}

  /** Returns whether it is {@code application/grpc}, alone or with a codec or parameters. */
  static boolean isNativeGrpc(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    String type = contentType.trim().toLowerCase(Locale.ROOT);
    return type.equals(NATIVE)
        || (type.startsWith(NATIVE) && "+; \t".indexOf(type.charAt(NATIVE.length())) >= 0);
  }

  /** Returns whether a browser sends this type across origins without asking first. */
  static boolean needsNoPreflight(@Nullable String contentType) {
    if (contentType == null) {
      return true;
    }
    int end = contentType.indexOf(';');
    String type = end < 0 ? contentType : contentType.substring(0, end);
    return type.isBlank() || type.trim().equalsIgnoreCase("text/plain");
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The method that a path names: exactly the two segments after the prefix.
 *
 * <p>The path is taken as it was sent, not decoded. One with an encoded character or a parameter
 * names no method, or rules on paths in front of the service could be dodged.
 */
final class MethodPath {
  private MethodPath() {}

  /**
   * Returns what follows the prefix and a slash, as it was sent, or null if the request's path is
   * not below the prefix.
   *
   * @param prefix below the context path; empty, or with a slash in front and none at the end
   */
  static @Nullable String below(HttpServletRequest request, String prefix) {
    String uri = request.getRequestURI();
    String before = request.getContextPath() + prefix + "/";
    return uri.startsWith(before) ? uri.substring(before.length()) : null;
  }

  /**
   * Returns the same for a handshake, whose path may be the prefix itself, with a slash or without;
   * then there is nothing below it, and the result is empty.
   */
  static @Nullable String ofSocket(HttpServletRequest request, String prefix) {
    boolean itself = request.getRequestURI().equals(request.getContextPath() + prefix);
    return itself ? "" : below(request, prefix);
  }

  /** Returns whether this is {@code service/method} and nothing else. */
  static boolean isMethod(String path) {
    int slash = path.indexOf('/');
    return slash > 0
        && slash < path.length() - 1
        && path.indexOf('/', slash + 1) < 0
        && path.chars().noneMatch(c -> c == '%' || c == ';' || c == '\\' || c <= ' ');
  }

  /** Returns a prefix as {@link #below} takes it. */
  static String prefix(@Nullable String text) {
    if (text == null || text.isBlank() || text.equals("/")) {
      return "";
    }
    if (!text.startsWith("/") || text.endsWith("/") || text.contains("*")) {
      throw new IllegalArgumentException(
          "a prefix begins with a slash and ends without one, as \"/api\" does, but this is: "
              + text);
    }
    return text;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.transport.Headers;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Request headers that travel in the URL, so that the request needs no preflight: the query
 * parameter {@code $httpHeaders} holds lines of {@code name:value CRLF}.
 */
final class PreflightBypass {
  private static final String PARAMETER = "$httpHeaders";

  /** What describes the connection, the browser's user or the way here; never a page's to say. */
  private static final Set<String> REFUSED =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "cookie",
          "cookie2",
          "expect",
          "forwarded",
          "host",
          "keep-alive",
          "origin",
          "referer",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "via",
          "x-real-ip");

  private PreflightBypass() {}

  /** Returns whether a query holds headers, however broken. */
  static boolean isIn(@Nullable String query) {
    return query != null && (query.contains("$httpHeaders=") || query.contains("%24httpHeaders="));
  }

  /**
   * Returns the lines in this query, or null if it has none.
   *
   * @throws IllegalArgumentException if they cannot be decoded
   */
  static @Nullable String find(@Nullable String query) {
    if (query == null) {
      return null;
    }
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      if (equals > 0 && decode(parameter.substring(0, equals)).equals(PARAMETER)) {
        return decode(parameter.substring(equals + 1));
      }
    }
    return null;
  }

  /**
   * Returns the headers of a request with those in its URL, which replace others of their name.
   *
   * @throws IllegalArgumentException if the query cannot be decoded, or holds what is not a header
   *     or not one that may be sent so
   */
  static Headers merge(Headers sent, @Nullable String query) {
    String lines = find(query);
    return lines == null ? sent : mergeLines(sent, lines);
  }

  static Headers mergeLines(Headers sent, String lines) {
    Headers named = new Headers();
    for (String line : lines.split("\r\n", -1)) {
      if (!line.isEmpty()) {
        add(named, line);
      }
    }
    Headers merged = new Headers();
    sent.forEach(
        (name, value) -> {
          if (named.get(name) == null) {
            merged.add(name, value);
          }
        });
    named.forEach(merged::add);
    return merged;
  }

  private static void add(Headers headers, String line) {
    int colon = line.indexOf(':');
    String name = colon < 0 ? line : line.substring(0, colon).trim().toLowerCase(Locale.ROOT);
    if (colon < 0 || !FieldNames.isToken(name)) {
      throw new IllegalArgumentException(PARAMETER + " has a line that is not \"name:value\"");
    }
    boolean refused =
        REFUSED.contains(name)
            || name.startsWith("proxy-")
            || name.startsWith("sec-")
            || name.startsWith("x-forwarded-")
            || name.startsWith("access-control-");
    String value = line.substring(colon + 1).trim();
    if (refused || value.chars().anyMatch(c -> c < ' ' && c != '\t')) {
      throw new IllegalArgumentException(PARAMETER + " may not hold this header: " + name);
    }
    headers.add(name, value);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}

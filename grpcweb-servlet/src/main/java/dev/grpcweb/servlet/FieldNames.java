// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

/** Names of HTTP header fields. */
final class FieldNames {
  private static final String MARKS = "!#$%&'*+-.^_`|~";

  private FieldNames() {}

  /** Returns whether this is a lower-case token as RFC 9110 section 5.6.2 has it. */
  static boolean isToken(String name) {
    return !name.isEmpty()
        && name.chars()
            .allMatch(
                c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || MARKS.indexOf(c) >= 0);
  }
}

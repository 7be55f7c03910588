// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import java.util.HexFormat;

/** Bytes as they stand in a test: hex digits, with spaces where the reader wants them. */
public final class Hex {
  private Hex() {}

  /** Returns the bytes of {@code "00 00000003 616263"}. */
  public static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
  }

  /** Returns the digits without spaces, in lower case. */
  public static String of(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** How frames travel in a body, as they are or as base64, and where the trailers are. */
public enum Format {
  BINARY("application/grpc-web+proto"),
  TEXT("application/grpc-web-text+proto"),
  /** Only over HTTP/2. */
  NATIVE("application/grpc");

  /** The formats of gRPC-Web. */
  static final List<Format> WEB = List.of(BINARY, TEXT);

  private final String contentType;

  Format(String contentType) {
    this.contentType = contentType;
  }

  String contentType() {
    return contentType;
  }

  /** Returns whether the trailers are a frame of the body. */
  boolean hasTrailersFrame() {
    return this != NATIVE;
  }

  /** Returns what is sent for these bytes; in text mode one padded unit. */
  byte[] encode(byte[] bytes) {
    return this == TEXT ? Base64.getEncoder().encode(bytes) : bytes;
  }

  /** Returns one data frame as it is sent. */
  byte[] message(String text) {
    return encode(Frames.message(text));
  }

  /** Returns the data frames as they are sent, in one unit. */
  byte[] messages(String... texts) {
    byte[][] frames = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      frames[i] = Frames.message(texts[i]);
    }
    return encode(Frames.join(frames));
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

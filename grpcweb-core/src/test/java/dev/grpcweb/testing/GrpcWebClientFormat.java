// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.transport.Headers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A gRPC-Web client; request and response are text or binary independently of each other. */
public enum GrpcWebClientFormat implements ClientFormat {
  BINARY(false, false),
  TEXT(true, true),
  TEXT_REQUEST(true, false),
  TEXT_RESPONSE(false, true);

  private final boolean textRequest;
  private final boolean textResponse;

  GrpcWebClientFormat(boolean textRequest, boolean textResponse) {
    this.textRequest = textRequest;
    this.textResponse = textResponse;
  }

  @Override
  public Headers requestHeaders() {
    return new Headers().add("Content-Type", type(textRequest)).add("Accept", type(textResponse));
  }

  @Override
  public byte[] encode(byte[] frames) {
    return textRequest ? Base64.getEncoder().encode(frames) : frames;
  }

  @Override
  public Reply reply(Headers head, byte[] body, Headers trailers) {
    if (!trailers.isEmpty()) {
      throw new AssertionError("trailers that a browser does not show: " + trailers);
    }
    return Reply.parse(head, decode(body));
  }

  /** Decodes unit after unit; a unit ends with its padding or with the body. */
  private byte[] decode(byte[] body) {
    if (!textResponse) {
      return body;
    }
    String text = new String(body, StandardCharsets.US_ASCII).replace("    ", "");
    if (text.length() % 4 != 0) {
      throw new AssertionError("not a multiple of four characters: " + text);
    }
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i += 4) {
      frames.writeBytes(Base64.getDecoder().decode(text.substring(i, i + 4)));
    }
    return frames.toByteArray();
  }

  @Override
  public String responseType() {
    return type(textResponse);
  }

  private static String type(boolean text) {
    return text ? "application/grpc-web-text+proto" : "application/grpc-web+proto";
  }
}

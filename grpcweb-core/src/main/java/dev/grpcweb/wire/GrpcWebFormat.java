// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * gRPC-Web, binary and text, each way on its own: the trailers are a frame of the body.
 *
 * <p>Text is the base64 of the binary body, in padded units that end with a burst.
 *
 * @param textRequest whether the request's body is base64
 * @param textResponse whether the response's body is
 * @see <a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md">PROTOCOL-WEB</a>
 */
record GrpcWebFormat(boolean textRequest, boolean textResponse) implements WireFormat {
  static final String BINARY = "application/grpc-web";
  static final String TEXT = "application/grpc-web-text";

  /** Four characters: decoders that count in fours skip them, as those that skip white space do. */
  private static final byte[] IDLE_TEXT = "    ".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] NOTHING = {};

  /**
   * Returns the format of a request, or null if it is not gRPC-Web or its messages are not protocol
   * buffers. The answer is text if {@code Accept} names it, or if the request was text and {@code
   * Accept} names no gRPC-Web type.
   */
  static @Nullable GrpcWebFormat of(@Nullable ContentType request, @Nullable String accept) {
    if (request == null || !request.isProto()) {
      return null;
    }
    boolean text = request.type().equals(TEXT);
    if (!text && !request.type().equals(BINARY)) {
      return null;
    }
    boolean textAccepted = ContentType.accepts(accept, TEXT);
    return new GrpcWebFormat(text, textAccepted || (text && !ContentType.accepts(accept, BINARY)));
  }

  @Override
  public String contentType() {
    return (textResponse ? TEXT : BINARY) + "+" + ContentType.PROTO;
  }

  @Override
  public ByteSink decoder(FrameReader frames) {
    return textRequest ? new Base64Reader(frames) : frames;
  }

  @Override
  public void write(Exchange exchange, byte[] bytes, int offset, int length) {
    if (textResponse) {
      byte[] unit = Base64Writer.encode(bytes, offset, length);
      exchange.write(unit, 0, unit.length);
    } else {
      exchange.write(bytes, offset, length);
    }
  }

  @Override
  public boolean hasHttpTrailers() {
    return false;
  }

  @Override
  public byte[] idleBytes() {
    return textResponse ? IDLE_TEXT : NOTHING;
  }
}

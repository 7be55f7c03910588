// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Headers;
import java.io.ByteArrayOutputStream;

/**
 * Reads what a client of {@code grpc-websockets} sends: a message that is the header block, then
 * messages that begin with a control byte.
 *
 * <pre>
 *  00  bytes...   bytes of the request, as its body would have them over HTTP
 *  01             the request has ended
 * </pre>
 *
 * <p>Messages may come in parts of any size. Not thread-safe.
 */
final class GrpcWebSocketsReader {
  /** Takes what was read. */
  interface Sink {
    /** Takes the header block. */
    void headers(Headers headers);

    /** Takes the rest of a header block that was too long to be read. */
    void headersTooLong(int maxSize);

    /** Takes bytes of the request. The array belongs to the receiver from now on. */
    void data(byte[] bytes, int offset, int length);

    /** Takes the end of the request. */
    void halfClose();
  }

  private enum State {
    /** In the header block. */
    HEADERS,
    /** In a header block that is too long. */
    HEADERS_SKIPPED,
    /** Before the control byte of a message. */
    CONTROL,
    /** Behind a {@link #DATA}. */
    DATA,
    /** Behind an {@link #END}. */
    END,
    /** The request has ended. */
    ENDED
  }

  private static final int DATA = 0x00;
  private static final int END = 0x01;

  private final int maxHeaderBlock;
  private final Sink sink;
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private State state = State.HEADERS;

  /**
   * Creates a reader.
   *
   * @param maxHeaderBlock the longest header block that is read, in bytes
   */
  GrpcWebSocketsReader(int maxHeaderBlock, Sink sink) {
    this.maxHeaderBlock = maxHeaderBlock;
    this.sink = sink;
  }

  /**
   * Reads the next part of a message.
   *
   * @param last whether the message ends here
   * @throws SocketFault if the client breaks the protocol
   */
  void received(byte[] bytes, int offset, int length, boolean last) {
    switch (state) {
      case HEADERS, HEADERS_SKIPPED -> readHeaders(bytes, offset, length, last);
      case CONTROL -> readControl(bytes, offset, length, last);
      case DATA -> readData(bytes, offset, length, last);
      case END -> readEnd(length, last);
      case ENDED -> throw SocketFault.protocol("expected nothing after 0x01, got a message");
    }
  }

  private void readHeaders(byte[] bytes, int offset, int length, boolean last) {
    if (length > maxHeaderBlock - block.size()) {
      state = State.HEADERS_SKIPPED;
    }
    if (state == State.HEADERS) {
      block.write(bytes, offset, length);
    }
    if (!last) {
      return;
    }
    if (state == State.HEADERS_SKIPPED) {
      state = State.CONTROL;
      sink.headersTooLong(maxHeaderBlock);
      return;
    }
    state = State.CONTROL;
    byte[] all = block.toByteArray();
    block.reset();
    sink.headers(parse(all));
  }

  private static Headers parse(byte[] all) {
    try {
      return TrailerBlock.parse(all, 0, all.length);
    } catch (WireException malformed) {
      throw SocketFault.protocol(String.valueOf(malformed.status().getDescription()));
    }
  }

  private void readControl(byte[] bytes, int offset, int length, boolean last) {
    if (length == 0) {
      if (last) {
        throw SocketFault.protocol("expected a control byte, got an empty message");
      }
      return;
    }
    switch (bytes[offset]) {
      case DATA -> {
        state = State.DATA;
        readData(bytes, offset + 1, length - 1, last);
      }
      case END -> {
        state = State.END;
        readEnd(length - 1, last);
      }
      default ->
          throw SocketFault.protocol(
              String.format("expected a control byte 0x00 or 0x01, got 0x%02x", bytes[offset]));
    }
  }

  private void readData(byte[] bytes, int offset, int length, boolean last) {
    if (last) {
      state = State.CONTROL;
    }
    sink.data(bytes, offset, length);
  }

  private void readEnd(int length, boolean last) {
    if (length > 0) {
      throw SocketFault.protocol("expected 0x01 alone, got more bytes after it");
    }
    if (last) {
      state = State.ENDED;
      sink.halfClose();
    }
  }
}

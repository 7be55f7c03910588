// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static dev.grpcweb.wire.FrameWriter.FLAG_COMPRESSED;
import static dev.grpcweb.wire.FrameWriter.PREFIX_LENGTH;

import io.grpc.Status;
import java.util.Arrays;

/**
 * Cuts the bytes of a request into messages; {@link FrameWriter} has the picture of a frame.
 *
 * <p>A payload that lies in one chunk is passed on as a slice of it. One that is spread over chunks
 * is gathered in an array that grows with what has arrived: an announced length alone allocates
 * nothing. Holds at most one partial frame.
 *
 * <p>Not thread-safe. See <a
 * href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">PROTOCOL-HTTP2</a>,
 * Length-Prefixed-Message.
 */
final class FrameReader implements ByteSink {

  /** Takes the messages in their order. */
  interface Sink {
    /** Takes one payload. The array belongs to the receiver from now on. */
    void message(boolean compressed, byte[] bytes, int offset, int length);

    /** Takes the end, which came on a frame's border. */
    void endOfMessages();
  }

  private enum State {
    /** Inside the prefix, or on the border before it. */
    PREFIX,
    /** Behind a prefix that announced at least one byte. */
    PAYLOAD
  }

  private static final int RESERVED_FLAGS = 0xFE;
  private static final int FIRST_PART = 8 * 1024;
  private static final byte[] NOTHING = {};

  private final int maxMessageSize;
  private final Sink sink;

  private State state = State.PREFIX;

  /** The prefix bytes read so far, the last one lowest. */
  private long prefix;

  private int prefixRead;

  /** The payload gathered so far: {@code gatheredLength} bytes of what {@code length()} needs. */
  private byte[] gathered = NOTHING;

  private int gatheredLength;

  /**
   * Creates a reader.
   *
   * @param maxMessageSize the longest payload that is taken, in bytes on the wire
   */
  FrameReader(int maxMessageSize, Sink sink) {
    this.maxMessageSize = maxMessageSize;
    this.sink = sink;
  }

  @Override
  public void received(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int at = offset;
    while (at < end) {
      at = state == State.PREFIX ? readPrefix(bytes, at, end) : readPayload(bytes, at, end);
    }
  }

  @Override
  public void receivedEnd() {
    if (state == State.PAYLOAD) {
      throw midFrame("expected a payload of " + length() + " bytes, got " + gatheredLength);
    }
    if (prefixRead > 0) {
      throw midFrame("expected a prefix of " + PREFIX_LENGTH + " bytes, got " + prefixRead);
    }
    sink.endOfMessages();
  }

  /** Returns whether the bytes so far end inside a frame. */
  boolean isMidFrame() {
    return state == State.PAYLOAD || prefixRead > 0;
  }

  private int readPrefix(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && prefixRead < PREFIX_LENGTH) {
      prefix = (prefix << 8) | (bytes[at++] & 0xFF);
      prefixRead++;
    }
    if (prefixRead == PREFIX_LENGTH) {
      checkPrefix();
      if (length() == 0) {
        deliver(NOTHING, 0);
      } else {
        state = State.PAYLOAD;
      }
    }
    return at;
  }

  private void checkPrefix() {
    int flags = flags();
    if ((flags & RESERVED_FLAGS) != 0) {
      throw new WireException(
          Status.INTERNAL.withDescription(
              String.format(
                  "gRPC frame header malformed: reserved bits not zero, expected flags 0x00 or"
                      + " 0x01, got 0x%02x",
                  flags)));
    }
    long announced = prefix & 0xFFFFFFFFL;
    if (announced > maxMessageSize) {
      throw new WireException(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "gRPC message exceeds maximum size " + maxMessageSize + ": " + announced));
    }
  }

  private int readPayload(byte[] bytes, int from, int end) {
    int length = length();
    int available = end - from;
    if (gatheredLength == 0 && available >= length) {
      deliver(bytes, from);
      return from + length;
    }
    int count = Math.min(available, length - gatheredLength);
    makeRoom(gatheredLength + count);
    System.arraycopy(bytes, from, gathered, gatheredLength, count);
    gatheredLength += count;
    if (gatheredLength == length) {
      deliver(gathered, 0);
    }
    return from + count;
  }

  private void makeRoom(int needed) {
    if (needed > gathered.length) {
      long wanted = Math.max(FIRST_PART, Math.max(needed, 2L * gathered.length));
      gathered = Arrays.copyOf(gathered, (int) Math.min(length(), wanted));
    }
  }

  /** The state is clean before the sink is called: it may throw. */
  private void deliver(byte[] bytes, int offset) {
    boolean compressed = (flags() & FLAG_COMPRESSED) != 0;
    int length = length();
    state = State.PREFIX;
    prefix = 0;
    prefixRead = 0;
    gathered = NOTHING;
    gatheredLength = 0;
    sink.message(compressed, bytes, offset, length);
  }

  private int flags() {
    return (int) (prefix >>> 32);
  }

  private int length() {
    return (int) prefix;
  }

  private static WireException midFrame(String detail) {
    return new WireException(
        Status.INTERNAL.withDescription("Encountered end-of-stream mid-frame: " + detail));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static dev.grpcweb.wire.MuxType.HEAD_LENGTH;

import dev.grpcweb.transport.Headers;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of a {@code grpcweb.mux.v1} client; {@link MuxType} has the picture of one.
 * Knows no call and no order of messages.
 *
 * <p>Messages may come in parts of any size. The body of DATA is passed on as it comes; the others
 * are short, and are gathered. Holds at most one such body.
 *
 * <p>Not thread-safe.
 */
final class MuxReader {
  /** Takes what was read. */
  interface Sink {
    /** Takes what the client says of itself. */
    void settings(MuxSettings settings);

    /** Takes the head of a call, whose path is without its slash. */
    void headers(int call, String fullMethodName, Headers fields);

    /** Takes a head that cannot be read. */
    void unreadable(int call, Status reason);

    /** Takes bytes of a request. The array belongs to the receiver from now on. */
    void data(int call, byte[] bytes, int offset, int length);

    /** Takes the end of a request. */
    void halfClose(int call);

    /** Takes the end of a call. */
    void reset(int call, int code, String text);

    /** Takes credit for a call, or for the socket if it is 0. */
    void credit(int call, int count);

    /** Takes what wants to be answered by the same bytes. */
    void ping(byte[] value);

    /** Takes the answer to a ping. */
    void answered();
  }

  private enum State {
    /** Before the type, or before the call id's last byte. */
    HEAD,
    /** In the body of a DATA. */
    DATA,
    /** In another body. */
    BODY,
    /** In a header block that is too long. */
    SKIPPED
  }

  private static final String PATH = ":path:";
  private static final byte[] NOTHING = {};

  private final int maxHeaderBlock;
  private final Sink sink;

  private State state = State.HEAD;

  /** The bytes of the head read so far, the last one lowest. */
  private long head;

  private int headRead;

  /** Meaningful behind the head. */
  private MuxType type = MuxType.SETTINGS;

  /** The body gathered so far. */
  private byte[] gathered = NOTHING;

  private int gatheredLength;

  /**
   * Creates a reader.
   *
   * @param maxHeaderBlock the longest header block that is read, in bytes
   */
  MuxReader(int maxHeaderBlock, Sink sink) {
    this.maxHeaderBlock = maxHeaderBlock;
    this.sink = sink;
  }

  /**
   * Reads the next part of a message. The array belongs to the reader from now on.
   *
   * @param last whether the message ends here
   * @throws SocketFault if the client breaks the protocol
   */
  void received(byte[] bytes, int offset, int length, boolean last) {
    int end = offset + length;
    int at = state == State.HEAD ? readHead(bytes, offset, end) : offset;
    switch (state) {
      case HEAD -> {
        if (last) {
          throw SocketFault.protocol(
              "expected a message of at least " + HEAD_LENGTH + " bytes, got " + headRead);
        }
      }
      case DATA -> {
        int call = call();
        if (last) {
          startOver();
        }
        if (at < end) {
          sink.data(call, bytes, at, end - at);
        }
      }
      case BODY -> readBody(bytes, at, end - at, last);
      case SKIPPED -> skip(last);
    }
  }

  private int readHead(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && headRead < HEAD_LENGTH) {
      head = (head << 8) | (bytes[at++] & 0xFF);
      headRead++;
    }
    if (headRead == HEAD_LENGTH) {
      checkHead();
      state = type == MuxType.DATA ? State.DATA : State.BODY;
    }
    return at;
  }

  private void checkHead() {
    int code = (int) (head >>> 32);
    MuxType found = MuxType.of(code);
    if (found == null) {
      throw SocketFault.protocol(
          String.format("expected a type from 0x00 to 0x09, got 0x%02x", code));
    }
    if (!found.isSentByClients()) {
      throw SocketFault.protocol("expected a message of a client, got " + found);
    }
    found.checkCall(head & 0xFFFFFFFFL);
    type = found;
  }

  private void readBody(byte[] bytes, int offset, int length, boolean last) {
    int most = type == MuxType.HEADERS ? maxHeaderBlock : type.greatestBody();
    if (length > most - gatheredLength) {
      if (type != MuxType.HEADERS) {
        throw type.bodyTooLong();
      }
      state = State.SKIPPED;
      skip(last);
    } else if (last && gatheredLength == 0) {
      deliver(bytes, offset, length);
    } else {
      gather(bytes, offset, length);
      if (last) {
        deliver(gathered, 0, gatheredLength);
      }
    }
  }

  private void gather(byte[] bytes, int offset, int length) {
    int needed = gatheredLength + length;
    if (needed > gathered.length) {
      gathered = Arrays.copyOf(gathered, Math.max(needed, 2 * gathered.length));
    }
    System.arraycopy(bytes, offset, gathered, gatheredLength, length);
    gatheredLength = needed;
  }

  private void skip(boolean last) {
    if (last) {
      int call = call();
      startOver();
      sink.unreadable(
          call,
          Status.RESOURCE_EXHAUSTED.withDescription(
              "Header block exceeds maximum size " + maxHeaderBlock + " bytes"));
    }
  }

  private int call() {
    return (int) head;
  }

  private void startOver() {
    state = State.HEAD;
    head = 0;
    headRead = 0;
    gathered = NOTHING;
    gatheredLength = 0;
  }

  /** The state is clean before the sink is called. */
  private void deliver(byte[] body, int offset, int length) {
    int call = call();
    startOver();
    type.checkBody(length);
    switch (type) {
      case SETTINGS -> sink.settings(MuxSettings.ofClient(body, offset, length));
      case HEADERS -> readHeaders(call, body, offset, length);
      case HALF_CLOSE -> sink.halfClose(call);
      case RESET -> {
        String text = new String(body, offset + 1, length - 1, StandardCharsets.UTF_8);
        sink.reset(call, body[offset] & 0xFF, text);
      }
      case CREDIT -> readCredit(call, ByteBuffer.wrap(body).getInt(offset));
      case PING -> sink.ping(Arrays.copyOfRange(body, offset, offset + length));
      case PONG -> sink.answered();
      case DATA, TRAILERS, GOAWAY -> throw new AssertionError(type);
    }
  }

  private void readCredit(int call, int count) {
    if (count <= 0) {
      throw SocketFault.protocol(
          "expected a CREDIT from 1 to 2147483647, got " + Integer.toUnsignedString(count));
    }
    sink.credit(call, count);
  }

  private void readHeaders(int call, byte[] block, int offset, int length) {
    int line = offset;
    while (line < offset + length && block[line] != '\n') {
      line++;
    }
    String method = method(new String(block, offset, line - offset, StandardCharsets.ISO_8859_1));
    if (method == null) {
      sink.unreadable(
          call,
          Status.INTERNAL.withDescription("Malformed header block: expected \":path: /\" first"));
      return;
    }
    Headers fields;
    try {
      fields = TrailerBlock.parse(block, offset, line, offset + length);
    } catch (WireException malformed) {
      sink.unreadable(call, malformed.status());
      return;
    }
    sink.headers(call, method, fields);
  }

  private static @Nullable String method(String firstLine) {
    if (!firstLine.startsWith(PATH)) {
      return null;
    }
    String path = firstLine.substring(PATH.length()).trim();
    return path.startsWith("/") ? path.substring(1) : null;
  }
}

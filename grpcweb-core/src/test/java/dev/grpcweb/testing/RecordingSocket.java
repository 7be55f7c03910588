// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.transport.WebSocket;
import dev.grpcweb.transport.WebSocketInput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket in memory, whose peer takes every message at once until it is told to {@link #block}.
 * It reports events on the thread that causes them, never from inside a call to it.
 */
public final class RecordingSocket implements WebSocket {
  private final List<byte[]> taken = new ArrayList<>();
  private final ArrayDeque<byte[]> queued = new ArrayDeque<>();
  private boolean open = true;
  private boolean blockInNextSend;
  private int pings;
  private @Nullable String closed;
  private boolean gone;
  private @Nullable WebSocketInput input;

  /** Connects the core's side and tells it that the socket is open. */
  public RecordingSocket connect(WebSocketInput core) {
    input = core;
    core.opened();
    return this;
  }

  /** The peer stops reading. */
  public synchronized void block() {
    open = false;
  }

  /** The peer stops reading before the next message. */
  public synchronized void blockInNextSend() {
    blockInNextSend = true;
  }

  /** The peer reads on. */
  public void unblock() {
    boolean waited;
    synchronized (this) {
      waited = !open || !queued.isEmpty();
      open = true;
      taken.addAll(queued);
      queued.clear();
    }
    if (waited) {
      input().writable();
    }
  }

  /** The peer reads one message. */
  public void takeOne() {
    boolean writable;
    synchronized (this) {
      taken.add(queued.remove());
      writable = queued.isEmpty();
      open |= writable;
    }
    if (writable) {
      input().writable();
    }
  }

  /** The peer sends a message, its bytes in hex. */
  public RecordingSocket receive(String hex) {
    return receive(Hex.bytes(hex));
  }

  /** The peer sends a message. */
  public RecordingSocket receive(byte[] message) {
    input().received(message.clone(), 0, message.length, true);
    return this;
  }

  /** The peer sends a part of a message. */
  public RecordingSocket receivePart(String hex, boolean last) {
    byte[] part = Hex.bytes(hex);
    input().received(part, 0, part.length, last);
    return this;
  }

  /** The peer sends a text message. */
  public void receiveText(String text) {
    input().receivedText(text, true);
  }

  /** The peer answers a ping. */
  public void pong() {
    input().pong();
  }

  /** The connection is over, however; what was not connected, or is over, stays so. */
  public void disconnect() {
    WebSocketInput told;
    synchronized (this) {
      told = gone ? null : input;
      gone = true;
    }
    if (told != null) {
      told.closed(new IOException("connection reset"));
    }
  }

  /** Returns what the peer has taken, message by message in hex. */
  public synchronized List<String> taken() {
    return taken.stream().map(Hex::of).toList();
  }

  /** Returns code and reason of the close, or {@code abort}; null before. */
  public synchronized @Nullable String closed() {
    return closed;
  }

  public synchronized int pings() {
    return pings;
  }

  @Override
  public synchronized void send(byte[] bytes, int offset, int length) {
    if (closed != null) {
      return;
    }
    byte[] message = Arrays.copyOfRange(bytes, offset, offset + length);
    open &= !blockInNextSend;
    blockInNextSend = false;
    if (open && queued.isEmpty()) {
      taken.add(message);
    } else {
      queued.add(message);
    }
  }

  @Override
  public synchronized void ping() {
    pings++;
  }

  @Override
  public synchronized void close(int code, String reason) {
    if (closed == null) {
      closed = reason.isEmpty() ? String.valueOf(code) : code + " " + reason;
    }
  }

  @Override
  public synchronized void abort() {
    if (closed == null) {
      closed = "abort";
    }
  }

  @Override
  public synchronized boolean isWritable() {
    return open && queued.isEmpty() && closed == null;
  }

  @Override
  public synchronized long queuedBytes() {
    return queued.stream().mapToLong(message -> message.length).sum();
  }

  private WebSocketInput input() {
    if (input == null) {
      throw new AssertionError("not connected");
    }
    return input;
  }
}

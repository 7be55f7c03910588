// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import dev.grpcweb.transport.WebSocket;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that is one call: waits for the header block, opens the call and passes on what the
 * client sends to its {@link CallSocketExchange}.
 *
 * <p>Thread-safe.
 */
final class CallSocket implements SocketConnection, GrpcWebSocketsReader.Sink, Heartbeat.Peer {
  private enum Stage {
    /** No header block has come. */
    WAITING,
    /** The call was opened. */
    OPENED,
    /** What comes means nothing any more. */
    OVER
  }

  private final Handshake handshake;
  private final WebSocket socket;
  private final WireFormats calls;
  private final OpenSockets sockets;
  private final GrpcWebSocketsReader reader;
  private final Heartbeat heartbeat;

  /** Guarded by this. */
  private Stage stage = Stage.WAITING;

  /** Set once, when the call is opened. */
  private volatile @Nullable CallSocketExchange exchange;

  CallSocket(
      Handshake handshake,
      WebSocket socket,
      WireFormats calls,
      SocketSettings settings,
      OpenSockets sockets) {
    this.handshake = handshake;
    this.socket = socket;
    this.calls = calls;
    this.sockets = sockets;
    // What counts is the metadata, whose limit the call keeps; the block is little longer.
    long twice = 2L * calls.settings().limits().maxInboundMetadataSize();
    this.reader = new GrpcWebSocketsReader((int) Math.min(Integer.MAX_VALUE, twice), this);
    this.heartbeat = new Heartbeat(this, settings, calls.settings().timer());
  }

  /** Called from a container thread. */
  @Override
  public void opened() {
    if (sockets.add(this)) {
      heartbeat.start();
    } else {
      refuse(TRY_AGAIN_LATER, "the server takes no more sockets");
    }
  }

  /** Called from a container thread. */
  @Override
  public void received(byte[] bytes, int offset, int length, boolean last) {
    heartbeat.heard();
    if (isOver()) {
      return;
    }
    try {
      reader.received(bytes, offset, length, last);
    } catch (SocketFault fault) {
      broken(fault);
    }
  }

  /** Called from a container thread. */
  @Override
  public void receivedText(String text, boolean last) {
    broken(SocketFault.text());
  }

  private void broken(SocketFault fault) {
    socket.close(fault.code(), String.valueOf(fault.getMessage()));
    over(fault);
  }

  /** Called by the reader. */
  @Override
  public void headers(Headers headers) {
    Status fault = WireFormats.fault(headers.get("content-type"), GrpcWebSocketsFormat.INSTANCE);
    open(headers, fault);
  }

  /** Called by the reader. */
  @Override
  public void headersTooLong(int maxSize) {
    open(
        new Headers(),
        Status.RESOURCE_EXHAUSTED.withDescription(
            "Header block exceeds maximum size " + maxSize + " bytes"));
  }

  private void open(Headers headers, @Nullable Status fault) {
    RequestHead head = handshake.call(handshake.head().fullMethodName(), headers);
    CallSocketExchange opened =
        new CallSocketExchange(socket, calls.settings().limits().maxInboundMessageSize());
    synchronized (this) {
      if (stage != Stage.WAITING) {
        return;
      }
      stage = Stage.OPENED;
      exchange = opened;
    }
    opened.open(calls.open(head, opened, GrpcWebSocketsFormat.INSTANCE, fault));
  }

  /** Called by the reader. */
  @Override
  public void data(byte[] bytes, int offset, int length) {
    CallSocketExchange to = exchange;
    if (to != null) {
      to.received(bytes, offset, length);
    }
  }

  /** Called by the reader. */
  @Override
  public void halfClose() {
    CallSocketExchange to = exchange;
    if (to != null) {
      to.receivedEnd();
    }
  }

  /** Called from a container thread. */
  @Override
  public void pong() {
    heartbeat.heard();
  }

  /** Called from any thread. */
  @Override
  public void writable() {
    heartbeat.taken();
    CallSocketExchange to = exchange;
    if (to != null) {
      to.writable();
    }
  }

  /** Called from any thread. */
  @Override
  public void closed(Throwable cause) {
    heartbeat.stop();
    sockets.remove(this);
    over(cause);
  }

  /** Called from any thread: a call that is open learns that its client is gone. */
  private void over(Throwable cause) {
    synchronized (this) {
      stage = Stage.OVER;
    }
    CallSocketExchange to = exchange;
    if (to != null) {
      to.lost(cause);
    }
  }

  /** Called from any thread. A call that is open ends by itself. */
  @Override
  public void shutdown() {
    refuse(GOING_AWAY, "the server is shutting down");
  }

  /** Closes a socket that has no call yet. */
  private void refuse(int code, String reason) {
    synchronized (this) {
      if (stage != Stage.WAITING) {
        return;
      }
      stage = Stage.OVER;
    }
    socket.close(code, reason);
  }

  private synchronized boolean isOver() {
    return stage == Stage.OVER;
  }

  /** Called from the timer. A client that does not say what it wants for so long wants nothing. */
  @Override
  public void ping() {
    refuse(POLICY_VIOLATION, "expected a header block, got nothing");
    socket.ping();
  }

  /** Called from the timer: the peer gives no sign of life. */
  @Override
  public void lost() {
    socket.abort();
    over(new SocketFault(GOING_AWAY, "the client has answered no ping"));
  }

  @Override
  public long waiting() {
    return socket.queuedBytes();
  }
}

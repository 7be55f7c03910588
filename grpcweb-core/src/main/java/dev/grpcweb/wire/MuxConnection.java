// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.WebSocket;

/**
 * A WebSocket that carries many calls: when it is opened, alive, flooded, shut down and closed.
 * What comes in goes to {@link MuxCalls}, what goes out is {@link MuxSender}'s.
 *
 * <p>Thread-safe. The socket is called under the lock; calls are told of events when it is left,
 * and of those that they have not caused themselves only by a thread that brought an event of the
 * socket: it holds no lock of any call. The specification is {@code docs/websocket.md}.
 */
final class MuxConnection implements SocketConnection, Heartbeat.Peer {
  private static final String SHUTDOWN = "the server is shutting down";

  private final WebSocket socket;
  private final OpenSockets sockets;
  private final MuxSettings own;
  private final MuxReader reader;
  private final MuxSender sender;
  private final MuxCalls calls;
  private final Heartbeat heartbeat;
  private final EventLock lock = new EventLock();

  /** How many pings were sent. Guarded by the lock. */
  private long pings;

  MuxConnection(
      Handshake handshake,
      WebSocket socket,
      WireFormats formats,
      SocketSettings settings,
      OpenSockets sockets) {
    this.socket = socket;
    this.sockets = sockets;
    // What counts is the metadata, whose limit the call keeps; the block is little longer.
    long maxHeaderBlock = 2L * formats.settings().limits().maxInboundMetadataSize();
    this.own =
        new MuxSettings(
            MuxRequest.WINDOW,
            MuxCalls.WINDOW,
            settings.maxCallsPerSocket(),
            (int) Math.min(Integer.MAX_VALUE, maxHeaderBlock));
    this.sender = new MuxSender(socket);
    this.calls = new MuxCalls(handshake, formats, own.maxCalls(), lock, sender, this::done);
    this.reader = new MuxReader(own.maxHeaderBlock(), calls);
    this.heartbeat = new Heartbeat(this, settings, formats.settings().timer());
  }

  /** Called from a container thread. */
  @Override
  public void opened() {
    lock.lock();
    try {
      if (sockets.add(this)) {
        sender.control(MuxWriter.settings(own));
        heartbeat.start();
      } else {
        close(TRY_AGAIN_LATER, "the server takes no more sockets");
      }
    } finally {
      lock.unlock();
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
      checkFlood();
      proceed();
    } catch (SocketFault fault) {
      broken(fault);
    }
  }

  /** Called from a container thread. */
  @Override
  public void receivedText(String text, boolean last) {
    broken(SocketFault.text());
  }

  /** Called from a container thread: the answer to a ping of WebSocket's own. */
  @Override
  public void pong() {
    heartbeat.heard();
  }

  /** Called from any thread. */
  @Override
  public void writable() {
    heartbeat.taken();
    proceed();
  }

  /** Sends what can be sent, and tells calls that they can write, one after the other. */
  private void proceed() {
    MuxStream next;
    do {
      lock.lock();
      try {
        sender.sendAll();
        next = sender.nextWithRoom();
        if (next != null) {
          next.writable();
        }
      } finally {
        lock.unlock();
      }
    } while (next != null);
  }

  private void checkFlood() {
    lock.lock();
    try {
      if (sender.isFlooded()) {
        throw new SocketFault(
            POLICY_VIOLATION,
            "expected a client that reads, got more than "
                + MuxSender.MAX_WAITING
                + " messages that wait for it");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called from any thread. */
  @Override
  public void closed(Throwable cause) {
    heartbeat.stop();
    sockets.remove(this);
    lost(cause);
  }

  /** Called from any thread. */
  @Override
  public void shutdown() {
    lock.lock();
    try {
      calls.goAway(SHUTDOWN);
    } finally {
      lock.unlock();
    }
  }

  /** Called with the lock held, after GOAWAY: no call is left. */
  private void done() {
    sender.sendControl();
    close(GOING_AWAY, SHUTDOWN);
  }

  private void broken(SocketFault fault) {
    lock.lock();
    try {
      close(fault.code(), String.valueOf(fault.getMessage()));
    } finally {
      lock.unlock();
    }
    lost(fault);
  }

  /** Called with the lock held. */
  private void close(int code, String reason) {
    if (!calls.isOver()) {
      socket.close(code, reason);
      calls.over();
    }
  }

  /** Called without a lock: calls that are open learn that their client is gone. */
  private void lost(Throwable cause) {
    lock.lock();
    try {
      calls.over();
      calls.lost(cause);
      sender.clear();
    } finally {
      lock.unlock();
    }
  }

  private boolean isOver() {
    lock.lock();
    try {
      return calls.isOver();
    } finally {
      lock.unlock();
    }
  }

  /** Called from the timer. A client that does not greet for so long wants nothing. */
  @Override
  public void ping() {
    lock.lock();
    try {
      if (calls.isGreeted()) {
        sender.control(MuxWriter.ping(++pings));
      } else {
        close(POLICY_VIOLATION, "expected SETTINGS, got nothing");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called from the timer: the peer gives no sign of life. */
  @Override
  public void lost() {
    socket.abort();
    lost(new SocketFault(GOING_AWAY, "the client has answered no ping"));
  }

  @Override
  public long waiting() {
    return socket.queuedBytes();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import dev.grpcweb.transport.ResponseHead;
import dev.grpcweb.transport.WebSocket;
import io.grpc.Status;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that is one call: the exchange of the call, made of messages by {@link
 * GrpcWebSocketsReader} and {@link GrpcWebSocketsWriter}.
 *
 * <p>A peer cannot be told to wait, so what the call has not asked for is kept, but no more than
 * one message of the largest size and {@link #READ_AHEAD}; then the call ends.
 *
 * <p>Thread-safe. The socket is called under the lock; the call is told of events when it is left.
 */
final class CallSocket
    implements SocketConnection, Exchange, GrpcWebSocketsReader.Sink, Heartbeat.Peer {
  private enum Stage {
    /** No header block has come. */
    WAITING,
    /** The call is open. */
    OPEN,
    /** The response has ended, and leaves. */
    ENDING,
    /** Nothing more is to be done but to wait for the socket's end. */
    OVER
  }

  /** What a client may send beyond one message before the call reads. */
  static final int READ_AHEAD = 64 * 1024;

  private final RequestHead handshake;
  private final WebSocket socket;
  private final WireFormats calls;
  private final OpenSockets sockets;
  private final GrpcWebSocketsReader reader;
  private final Heartbeat heartbeat;
  private final RequestBuffer request = new RequestBuffer(taken -> {});
  private final EventLock lock = new EventLock();

  /** Guarded by the lock. */
  private Stage stage = Stage.WAITING;

  /** The head that has not left. Guarded by the lock. */
  private @Nullable Headers head;

  /** Bursts of whole frames. Guarded by the lock. */
  private final WriteQueue queue = new WriteQueue();

  /** Whether the call is owed an event. Guarded by the lock. */
  private boolean awaitsWritable;

  /** Set once, when the call is opened. */
  private volatile @Nullable WireStream call;

  CallSocket(
      RequestHead handshake,
      WebSocket socket,
      WireFormats calls,
      SocketSettings settings,
      OpenSockets sockets) {
    this.handshake = handshake;
    this.socket = socket;
    this.calls = calls;
    this.sockets = sockets;
    // What counts is the metadata, whose limit the call keeps; the block is little longer.
    int maxBlock = 2 * calls.settings().limits().maxInboundMetadataSize();
    this.reader = new GrpcWebSocketsReader(maxBlock, this);
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
    lock.lock();
    try {
      if (stage != Stage.OVER) {
        socket.close(fault.code(), String.valueOf(fault.getMessage()));
        lost(fault);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called by the reader. */
  @Override
  public void headers(Headers headers) {
    ContentType type = ContentType.parse(headers.get("content-type"));
    Status fault = null;
    if (type != null && !GrpcWebSocketsFormat.takes(type)) {
      fault =
          Status.INTERNAL.withDescription(
              "content-type is not supported: expected "
                  + GrpcWebSocketsFormat.INSTANCE.contentType()
                  + ", got "
                  + headers.get("content-type"));
    }
    open(merged(headers), fault);
  }

  /** Called by the reader. */
  @Override
  public void headersTooLong(int maxSize) {
    open(
        new Headers(),
        Status.RESOURCE_EXHAUSTED.withDescription(
            "Header block exceeds maximum size " + maxSize + " bytes"));
  }

  /** The call's own fields go before those of the handshake. */
  private Headers merged(Headers own) {
    Headers all = new Headers();
    handshake
        .headers()
        .forEach(
            (name, value) -> {
              if (own.get(name) == null) {
                all.add(name, value);
              }
            });
    own.forEach(all::add);
    return all;
  }

  private void open(Headers headers, @Nullable Status fault) {
    RequestHead head =
        new RequestHead(
            handshake.fullMethodName(),
            headers,
            handshake.authority(),
            handshake.secure(),
            handshake.attributes());
    WireStream opened = calls.open(head, this, GrpcWebSocketsFormat.INSTANCE, fault);
    lock.lock();
    try {
      if (stage != Stage.WAITING) {
        return;
      }
      stage = Stage.OPEN;
      call = opened;
      request.bind(opened);
    } finally {
      lock.unlock();
    }
    opened.opened();
  }

  /** Called by the reader. */
  @Override
  public void data(byte[] bytes, int offset, int length) {
    request.add(bytes, offset, length);
    long most = (long) calls.settings().limits().maxInboundMessageSize() + READ_AHEAD;
    WireStream to = call;
    if (request.size() > most && to != null) {
      request.close();
      to.refuse(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "Request queue is full: the client sends faster than the call reads, limit "
                  + most
                  + " bytes"));
    }
  }

  /** Called by the reader. */
  @Override
  public void halfClose() {
    request.end();
  }

  /** Called from a container thread. */
  @Override
  public void pong() {
    heartbeat.heard();
  }

  /** Called from any thread. */
  @Override
  public void writable() {
    heartbeat.heard();
    lock.lock();
    try {
      pump();
      if (awaitsWritable && canTake()) {
        awaitsWritable = false;
        tell(WireStream::writable);
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

  /** Called from any thread: a call that is open learns that its client is gone. */
  private void lost(Throwable cause) {
    lock.lock();
    try {
      boolean open = stage == Stage.OPEN || stage == Stage.ENDING;
      forget();
      if (open) {
        tell(to -> to.disconnected(cause));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called with the lock held. */
  private void forget() {
    stage = Stage.OVER;
    head = null;
    queue.clear();
    request.close();
  }

  /** Called from any thread. */
  @Override
  public void shutdown() {
    refuse(GOING_AWAY, "the server is shutting down");
  }

  /** Closes a socket that has no call yet. */
  private void refuse(int code, String reason) {
    lock.lock();
    try {
      if (stage == Stage.WAITING) {
        forget();
        socket.close(code, reason);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isOver() {
    lock.lock();
    try {
      return stage == Stage.OVER;
    } finally {
      lock.unlock();
    }
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
    lost(new SocketFault(GOING_AWAY, "the client has answered no ping"));
  }

  @Override
  public void begin(ResponseHead response) {
    lock.lock();
    try {
      if (stage == Stage.OPEN) {
        head = response.headers();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      if (stage == Stage.OPEN) {
        queue.add(bytes, offset, length);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void flush() {
    lock.lock();
    try {
      pump();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void end(Headers trailers) {
    lock.lock();
    try {
      if (stage == Stage.OPEN) {
        stage = Stage.ENDING;
        request.close();
        pump();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void abort() {
    lock.lock();
    try {
      if (stage != Stage.OVER) {
        forget();
        socket.abort();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void discardQueued() {
    lock.lock();
    try {
      queue.discard();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean endsWithHead() {
    return false;
  }

  @Override
  public boolean isWritable() {
    lock.lock();
    try {
      boolean writable = canTake();
      awaitsWritable |= !writable;
      return writable;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long queuedBytes() {
    lock.lock();
    try {
      return queue.size() + socket.queuedBytes();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void resumeReading() {
    request.ask();
  }

  private boolean canTake() {
    return stage == Stage.OPEN && queue.isEmpty() && socket.isWritable();
  }

  /** Called with the lock held: one burst at a time is on its way, the next one gathers. */
  private void pump() {
    if (head != null) {
      GrpcWebSocketsWriter.headers(socket, head);
      head = null;
    }
    while (socket.isWritable()) {
      Slice burst = queue.take(Integer.MAX_VALUE);
      if (burst == null) {
        ended();
        return;
      }
      GrpcWebSocketsWriter.frames(socket, burst.bytes, burst.offset, burst.length);
    }
  }

  private void ended() {
    if (stage == Stage.ENDING) {
      forget();
      tell(WireStream::completed);
      // The client takes the close for the end of the call, and waits for it.
      socket.close(NORMAL, "");
    }
  }

  private void tell(Consumer<WireStream> event) {
    WireStream to = call;
    if (to != null) {
      lock.whenLeft(() -> event.accept(to));
    }
  }
}

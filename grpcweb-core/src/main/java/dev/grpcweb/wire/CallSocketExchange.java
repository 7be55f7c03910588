// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import dev.grpcweb.transport.WebSocket;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The exchange of a call that has a WebSocket of its own.
 *
 * <p>A peer cannot be told to wait, so what the call has not asked for is kept, but no more than
 * one message of the largest size and {@link #READ_AHEAD}; then the call ends.
 *
 * <p>Thread-safe. The socket is called under the lock; the call is told of events when it is left.
 */
final class CallSocketExchange implements Exchange {
  private enum Stage {
    /** The response may go on. */
    OPEN,
    /** The response has ended, and leaves. */
    ENDING,
    /** Nothing more leaves or comes. */
    OVER
  }

  /** What a client may send beyond one message before the call reads. */
  static final int READ_AHEAD = 64 * 1024;

  private final WebSocket socket;
  private final long maxRequestBytes;
  private final RequestBuffer request = new RequestBuffer(taken -> {});
  private final EventLock lock = new EventLock();

  /** Guarded by the lock. */
  private Stage stage = Stage.OPEN;

  /** The head that has not left. Guarded by the lock. */
  private @Nullable Headers head;

  /** Bursts of whole frames. Guarded by the lock. */
  private final WriteQueue queue = new WriteQueue();

  /** Whether the call is owed an event. Guarded by the lock. */
  private boolean awaitsWritable;

  /** Null before the call is ready for events. Guarded by the lock. */
  private @Nullable WireStream call;

  /** What has happened before. Guarded by the lock. */
  private final List<Consumer<WireStream>> early = new ArrayList<>(1);

  /**
   * Creates an exchange whose head has been read.
   *
   * @param maxMessageSize the longest message that the call takes, in bytes
   */
  CallSocketExchange(WebSocket socket, int maxMessageSize) {
    this.socket = socket;
    this.maxRequestBytes = (long) maxMessageSize + READ_AHEAD;
  }

  /** Called from a container thread: opens the call, which is told of nothing before. */
  void open(WireStream opened) {
    request.bind(opened);
    opened.opened();
    lock.lock();
    try {
      call = opened;
      early.forEach(this::tell);
      early.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Called from a container thread with bytes of the request. */
  void received(byte[] bytes, int offset, int length) {
    request.add(bytes, offset, length);
    if (request.size() > maxRequestBytes) {
      request.close();
      lock.lock();
      try {
        tell(to -> to.refuse(overflow()));
      } finally {
        lock.unlock();
      }
    }
  }

  private Status overflow() {
    return Status.RESOURCE_EXHAUSTED.withDescription(
        "Request queue is full: the client sends faster than the call reads, limit "
            + maxRequestBytes
            + " bytes");
  }

  /** Called from a container thread. */
  void receivedEnd() {
    request.end();
  }

  /** Called from any thread: the socket takes bytes again. */
  void writable() {
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

  /** Called from any thread: the client is gone, or might as well be. */
  void lost(Throwable cause) {
    lock.lock();
    try {
      if (stage != Stage.OVER) {
        over();
        tell(to -> to.disconnected(cause));
      }
    } finally {
      lock.unlock();
    }
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
        over();
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

  /** One burst at a time is on its way; the next one gathers. */
  private void pump() {
    if (head != null) {
      GrpcWebSocketsWriter.headers(socket, head);
      head = null;
    }
    while (socket.isWritable()) {
      Slice burst = queue.take(Integer.MAX_VALUE);
      if (burst == null) {
        endIfDue();
        return;
      }
      GrpcWebSocketsWriter.frames(socket, burst.bytes, burst.offset, burst.length);
    }
  }

  private void endIfDue() {
    if (stage == Stage.ENDING) {
      over();
      tell(WireStream::completed);
      // The client takes the close for the end of the call, and waits for it.
      socket.close(SocketConnection.NORMAL, "");
    }
  }

  private void over() {
    stage = Stage.OVER;
    head = null;
    queue.clear();
    request.close();
  }

  private void tell(Consumer<WireStream> event) {
    WireStream to = call;
    if (to == null) {
      early.add(event);
    } else {
      lock.whenLeft(() -> event.accept(to));
    }
  }
}

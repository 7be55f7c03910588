// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of the calls on a socket: its exchange.
 *
 * <p>Thread-safe by the connection's lock, under which the call is told nothing. A thread that
 * calls the exchange may hold the lock of this call, so it tells no other call of anything.
 */
final class MuxStream implements Exchange {
  private static final Logger logger = System.getLogger(MuxStream.class.getName());
  private static final Status BROKEN_OFF =
      Status.UNAVAILABLE.withDescription("The server has broken off the call");

  private final int id;
  private final MuxCalls calls;
  private final EventLock lock;
  private final MuxSender sender;
  private final int maxHeaderBlock;
  private final MuxRequest request;
  private final MuxResponse response;

  /** Whether anything is left of the call. Guarded by the lock. */
  private boolean over;

  /** Null before the call is ready for events. Guarded by the lock. */
  private @Nullable WireStream call;

  /** What has happened before. Guarded by the lock. */
  private final List<Consumer<WireStream>> early = new ArrayList<>(0);

  /**
   * Creates the exchange of a call.
   *
   * @param client what the client has said of itself
   */
  MuxStream(int id, MuxCalls calls, EventLock lock, MuxSender sender, MuxSettings client) {
    this.id = id;
    this.calls = calls;
    this.lock = lock;
    this.sender = sender;
    this.maxHeaderBlock = client.maxHeaderBlock();
    this.request = new MuxRequest(id, lock, sender);
    this.response = new MuxResponse(id, this, client.callCredit());
  }

  /** Called from a container thread: opens the call, which is told of nothing before. */
  void open(WireStream opened) {
    request.bind(opened);
    guarded(opened::opened);
    lock.lock();
    try {
      call = opened;
      early.forEach(this::tell);
      early.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Called with the lock held, before {@link #receive}. */
  void count(int length) {
    request.count(length);
  }

  /** Called from a container thread with bytes of the request. */
  void receive(byte[] bytes, int offset, int length) {
    guarded(() -> request.add(bytes, offset, length));
  }

  /** Called with the lock held, before {@link #receiveEnd}. */
  void countEnd() {
    request.countEnd();
  }

  /** Called from a container thread: the request has ended. */
  void receiveEnd() {
    guarded(request::end);
  }

  /** Called with the lock held; returns false if it is more credit than there can be. */
  boolean credit(int count) {
    boolean taken = response.credit(count);
    sender.schedule(response);
    return taken;
  }

  /** Called with the lock held: nobody wants the answer. */
  void lost(Throwable cause) {
    if (!over) {
      forget();
      tell(to -> to.disconnected(cause));
    }
  }

  /** Called with the lock held: the call can write. */
  void writable() {
    tell(WireStream::writable);
  }

  /** Called with the lock held: the last message was sent. */
  void completed() {
    forget();
    tell(WireStream::completed);
  }

  @Override
  public void begin(ResponseHead head) {
    lock.lock();
    try {
      byte[] block = TrailerBlock.write(head.headers());
      if (!response.isOpen() || !isTaken(block)) {
        return;
      }
      if (head.hasTrailers()) {
        response.begin(block);
      } else {
        response.beginLast(block);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      if (response.isOpen()) {
        response.write(bytes, offset, length);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void flush() {
    lock.lock();
    try {
      send();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void end(Headers trailers) {
    lock.lock();
    try {
      byte[] alone = response.last();
      byte[] block = alone == null ? TrailerBlock.write(trailers) : alone;
      if (response.isOpen() && isTaken(block)) {
        response.end(block);
        request.close();
        send();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns whether the client takes a block of this length; breaks the call off if it does not.
   */
  private boolean isTaken(byte[] block) {
    if (block.length <= maxHeaderBlock) {
      return true;
    }
    Status reason =
        Status.RESOURCE_EXHAUSTED.withDescription(
            "Header block exceeds the client's maximum size "
                + maxHeaderBlock
                + " bytes: "
                + block.length);
    sender.control(MuxWriter.reset(id, reason));
    lost(new WireException(reason));
    return false;
  }

  @Override
  public void abort() {
    lock.lock();
    try {
      if (!over) {
        sender.control(MuxWriter.reset(id, BROKEN_OFF));
        forget();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void discardQueued() {
    lock.lock();
    try {
      response.discard();
    } finally {
      lock.unlock();
    }
  }

  /** TRAILERS alone are such a head. */
  @Override
  public boolean endsWithHead() {
    return true;
  }

  @Override
  public boolean isWritable() {
    lock.lock();
    try {
      return sender.isWritable(response);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long queuedBytes() {
    lock.lock();
    try {
      return response.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void resumeReading() {
    request.ask();
  }

  private void send() {
    if (!over) {
      sender.sendOwn(response);
    }
  }

  private void forget() {
    over = true;
    request.close();
    response.close();
    sender.remove(response);
    calls.remove(id);
  }

  private void tell(Consumer<WireStream> event) {
    WireStream to = call;
    if (to == null) {
      early.add(event);
    } else {
      lock.whenLeft(() -> guarded(() -> event.accept(to)));
    }
  }

  /** Runs what calls the core: a mistake there ends this call, and no other. */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException mistake) {
      logger.log(Level.ERROR, "a call on a WebSocket failed", mistake);
      lock.lock();
      try {
        if (!over) {
          sender.control(MuxWriter.reset(id, BROKEN_OFF));
          lost(mistake);
        }
      } finally {
        lock.unlock();
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of the calls on a socket: its exchange, made of messages by {@link MuxWriter}.
 *
 * <p>Thread-safe by the connection's lock, under which the call is told nothing. A thread that
 * calls the exchange may hold the lock of this call, so it tells no other call of anything.
 */
final class MuxStream implements Exchange {
  private enum Stage {
    /** The response may go on. */
    OPEN,
    /** The response has ended, and leaves. */
    ENDING,
    /** Nothing is left. */
    OVER
  }

  /** Where the call stands in line to send. */
  enum Turn {
    /** It has nothing to send, or no credit for it. */
    NONE,
    /** It is in line. */
    LINED_UP,
    /** It waits for credit of the socket. */
    STARVED
  }

  /** Whether the call is owed an event. */
  enum Room {
    /** It has not asked, or was told. */
    UNKNOWN,
    /** It was refused, and is told when there is room. */
    WANTED,
    /** It is told when the socket takes more. */
    LINED_UP
  }

  private static final Logger logger = System.getLogger(MuxStream.class.getName());
  private static final Status BROKEN_OFF =
      Status.UNAVAILABLE.withDescription("The server has broken off the call");

  private final int id;
  private final MuxConnection connection;
  private final EventLock lock;
  private final MuxSender sender;
  private final MuxRequest request;
  private final int maxHeaderBlock;

  /** Touched by {@link MuxSender}, under the lock. */
  Turn turn = Turn.NONE;

  /** Touched by {@link MuxSender}, under the lock. */
  Room room = Room.UNKNOWN;

  /** Guarded by the lock. */
  private Stage stage = Stage.OPEN;

  /** What may be sent, in bytes. Guarded by the lock. */
  private int credit;

  /** The first header block, until it leaves. Guarded by the lock. */
  private byte @Nullable [] headers;

  /** Bursts of whole frames. Guarded by the lock. */
  private final WriteQueue queue = new WriteQueue();

  /** The last header block. Guarded by the lock. */
  private byte @Nullable [] trailers;

  /** Set once, before the call is opened. Guarded by the lock. */
  private @Nullable WireStream call;

  /** Whether the call knows that it is open. Guarded by the lock. */
  private boolean opened;

  /** Why the call was lost before it knew that it is open. Guarded by the lock. */
  private @Nullable Throwable lostBefore;

  /**
   * Creates the exchange of a call.
   *
   * @param client what the client has said of itself
   */
  MuxStream(
      int id, MuxConnection connection, EventLock lock, MuxSender sender, MuxSettings client) {
    this.id = id;
    this.connection = connection;
    this.lock = lock;
    this.sender = sender;
    this.request = new MuxRequest(id, lock, sender);
    this.credit = client.callCredit();
    this.maxHeaderBlock = client.maxHeaderBlock();
  }

  /** Called from a container thread, once: begins the call. */
  void open(WireStream opening) {
    request.bind(opening);
    lock.lock();
    call = opening;
    lock.unlock();
    guarded(opening::opened);
    lock.lock();
    try {
      opened = true;
      Throwable cause = lostBefore;
      if (cause != null) {
        tell(to -> to.disconnected(cause));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called from a container thread, when it was counted. */
  void receive(byte[] bytes, int offset, int length) {
    guarded(() -> request.add(bytes, offset, length));
  }

  /** Called from a container thread, when it was counted. */
  void receiveEnd() {
    guarded(request::end);
  }

  int id() {
    return id;
  }

  MuxRequest request() {
    return request;
  }

  /** Called with the lock held; returns false if it is more credit than there can be. */
  boolean credit(int count) {
    if (count > Integer.MAX_VALUE - credit) {
      return false;
    }
    credit += count;
    sender.schedule(this);
    return true;
  }

  /** Called with the lock held, by a thread that may tell this call: nobody wants its answer. */
  void lost(Throwable cause) {
    if (stage != Stage.OVER) {
      forget();
      if (opened) {
        tell(to -> to.disconnected(cause));
      } else {
        lostBefore = cause;
      }
    }
  }

  /** Called with the lock held, by a thread that may tell this call. */
  void tellWritable() {
    tell(WireStream::writable);
  }

  /** Called with the lock held; returns whether there is something that the credit suffices for. */
  boolean maySend(int socketCredit) {
    if (headers != null) {
      return true;
    }
    return queue.isEmpty() ? stage == Stage.ENDING : credit > 0 && socketCredit > 0;
  }

  /** Called with the lock held; returns whether nothing but the socket would hold up a write. */
  boolean takesMore() {
    return stage == Stage.OPEN && queue.isEmpty() && credit > 0;
  }

  /** Called with the lock held; returns the message that begins the answer, once. */
  byte @Nullable [] takeHeaders() {
    byte[] block = headers;
    headers = null;
    return block == null ? null : MuxWriter.headers(id, block);
  }

  /** Called with the lock held; returns the next message of data that the credit suffices for. */
  byte @Nullable [] takeData(int most) {
    int length = (int) Math.min(Math.min(most, credit), queue.size());
    if (length == 0) {
      return null;
    }
    credit -= length;
    return MuxWriter.data(id, queue, length);
  }

  /** Called with the lock held; returns the last message when it is its turn. */
  byte @Nullable [] takeTrailers() {
    byte[] block = trailers;
    return stage == Stage.ENDING && queue.isEmpty() && block != null
        ? MuxWriter.trailers(id, block)
        : null;
  }

  /** Called with the lock held, when the last message was sent. */
  void ended() {
    forget();
    tell(WireStream::completed);
  }

  @Override
  public void begin(ResponseHead head) {
    lock.lock();
    try {
      byte[] block = TrailerBlock.write(head.headers());
      if (stage != Stage.OPEN || !isTaken(block)) {
        return;
      }
      if (head.hasTrailers()) {
        headers = block;
      } else {
        trailers = block;
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
      send();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void end(Headers fields) {
    lock.lock();
    try {
      byte[] block = trailers == null ? TrailerBlock.write(fields) : trailers;
      if (stage == Stage.OPEN && isTaken(block)) {
        trailers = block;
        stage = Stage.ENDING;
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
      if (stage != Stage.OVER) {
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
      queue.discard();
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
      boolean writable = takesMore() && sender.takesNow();
      if (!writable && stage == Stage.OPEN && room == Room.UNKNOWN) {
        room = Room.WANTED;
        sender.noteRoom(this);
      }
      return writable;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long queuedBytes() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void resumeReading() {
    request.ask();
  }

  private void send() {
    if (stage != Stage.OVER) {
      sender.sendOwn(this);
      if (sender.hasRoom(this)) {
        tellWritable();
      }
    }
  }

  private void forget() {
    stage = Stage.OVER;
    headers = null;
    trailers = null;
    queue.clear();
    request.close();
    sender.remove(this);
    connection.ended(this);
  }

  private void tell(Consumer<WireStream> event) {
    WireStream to = call;
    if (to != null) {
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
        if (stage != Stage.OVER) {
          sender.control(MuxWriter.reset(id, BROKEN_OFF));
          lost(mistake);
        }
      } finally {
        lock.unlock();
      }
    }
  }
}

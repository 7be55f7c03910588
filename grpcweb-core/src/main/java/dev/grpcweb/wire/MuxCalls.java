// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls on a socket: opens them, keeps the client to the order of messages and to its credit,
 * and passes what comes on to {@link MuxStream}.
 *
 * <p>What the reader brings comes from a container thread, without a lock. The other methods are
 * called with the connection's lock held.
 */
final class MuxCalls implements MuxReader.Sink {
  private enum Stage {
    /** Calls may be opened. */
    OPEN,
    /** GOAWAY was sent; the calls that are open go on. */
    GOING_AWAY,
    /** What comes means nothing any more. */
    OVER
  }

  /** What a client may send for all calls before it is taken off the socket. */
  static final int WINDOW = MuxSettings.DEFAULTS.socketCredit();

  private static final Status SHUTDOWN =
      Status.UNAVAILABLE.withDescription("Server is shutting down");

  private final Handshake handshake;
  private final WireFormats formats;
  private final int maxCalls;
  private final EventLock lock;
  private final MuxSender sender;
  private final Runnable done;

  /** Guarded by the lock. */
  private Stage stage = Stage.OPEN;

  /** What the client has said of itself, which it does first. Guarded by the lock. */
  private @Nullable MuxSettings client;

  /** Guarded by the lock. */
  private final Map<Integer, MuxStream> open = new HashMap<>(4);

  /** The greatest call id so far. Guarded by the lock. */
  private int lastCall;

  /** The client's credit. Guarded by the lock. */
  private int credit = WINDOW;

  /**
   * Creates an empty set.
   *
   * @param done runs, under the lock, when no call is left after {@link #goAway}
   */
  MuxCalls(
      Handshake handshake,
      WireFormats formats,
      int maxCalls,
      EventLock lock,
      MuxSender sender,
      Runnable done) {
    this.handshake = handshake;
    this.formats = formats;
    this.maxCalls = maxCalls;
    this.lock = lock;
    this.sender = sender;
    this.done = done;
  }

  /** Called by the reader. */
  @Override
  public void settings(MuxSettings settings) {
    lock.lock();
    try {
      if (client != null) {
        throw SocketFault.protocol("expected one SETTINGS, got another");
      }
      client = settings;
      sender.credit(settings.socketCredit());
    } finally {
      lock.unlock();
    }
  }

  /** Called by the reader. */
  @Override
  public void headers(int call, String fullMethodName, Headers fields) {
    MuxStream stream = add(call);
    if (stream != null) {
      RequestHead head = handshake.call(fullMethodName, fields);
      Status fault = WireFormats.fault(fields.get("content-type"), GrpcFormat.MULTIPLEXED);
      stream.open(formats.open(head, stream, GrpcFormat.MULTIPLEXED, fault));
    }
  }

  /** Returns null if the call is refused. */
  private @Nullable MuxStream add(int call) {
    lock.lock();
    try {
      MuxSettings said = note(call);
      if (stage == Stage.OVER) {
        return null;
      }
      if (stage == Stage.GOING_AWAY) {
        refuse(call, SHUTDOWN);
        return null;
      }
      if (open.size() >= maxCalls) {
        refuse(
            call,
            Status.RESOURCE_EXHAUSTED.withDescription(
                "Too many calls on one WebSocket: expected at most " + maxCalls));
        return null;
      }
      MuxStream stream = new MuxStream(call, this, lock, sender, said);
      open.put(call, stream);
      return stream;
    } finally {
      lock.unlock();
    }
  }

  /** Called by the reader. */
  @Override
  public void unreadable(int call, Status reason) {
    lock.lock();
    try {
      note(call);
      refuse(call, reason);
    } finally {
      lock.unlock();
    }
  }

  /** Returns what the client has said of itself. */
  private MuxSettings note(int call) {
    MuxSettings said = greeted(MuxType.HEADERS);
    if (call <= lastCall) {
      throw SocketFault.protocol("expected a call id above " + lastCall + ", got " + call);
    }
    lastCall = call;
    return said;
  }

  private void refuse(int call, Status reason) {
    byte[] block = TrailerBlock.write(TrailerFields.of(reason, new Metadata()));
    sender.control(MuxWriter.trailers(call, block));
  }

  /** Called by the reader. */
  @Override
  public void data(int call, byte[] bytes, int offset, int length) {
    MuxStream stream;
    lock.lock();
    try {
      stream = find(MuxType.DATA, call);
      receive(length);
      if (stream != null) {
        stream.count(length);
      }
    } finally {
      lock.unlock();
    }
    if (stream != null) {
      stream.receive(bytes, offset, length);
    }
  }

  /** Uses up credit, and gives it back: the bytes are off the socket. */
  private void receive(int length) {
    if (length > credit) {
      throw SocketFault.protocol("expected at most " + credit + " bytes of DATA, got " + length);
    }
    credit -= length;
    if (credit <= WINDOW / 2) {
      sender.control(MuxWriter.credit(0, WINDOW - credit));
      credit = WINDOW;
    }
  }

  /** Called by the reader. */
  @Override
  public void halfClose(int call) {
    MuxStream stream;
    lock.lock();
    try {
      stream = find(MuxType.HALF_CLOSE, call);
      if (stream != null) {
        stream.countEnd();
      }
    } finally {
      lock.unlock();
    }
    if (stream != null) {
      stream.receiveEnd();
    }
  }

  /** Called by the reader. */
  @Override
  public void reset(int call, int code, String text) {
    lock.lock();
    try {
      MuxStream stream = find(MuxType.RESET, call);
      if (stream != null) {
        stream.lost(new WireException(Status.fromCodeValue(code).withDescription(text)));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called by the reader. */
  @Override
  public void credit(int call, int count) {
    lock.lock();
    try {
      if (!take(call, count)) {
        throw SocketFault.protocol(
            "expected a credit of at most 2147483647 in all, got " + count + " more");
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean take(int call, int count) {
    MuxStream stream = find(MuxType.CREDIT, call);
    return call == 0 ? sender.credit(count) : stream == null || stream.credit(count);
  }

  /** Called by the reader. */
  @Override
  public void ping(byte[] value) {
    lock.lock();
    try {
      greeted(MuxType.PING);
      sender.control(MuxWriter.pong(value));
    } finally {
      lock.unlock();
    }
  }

  /** Called by the reader. */
  @Override
  public void answered() {
    lock.lock();
    try {
      greeted(MuxType.PONG);
    } finally {
      lock.unlock();
    }
  }

  /** Returns null if the call has ended. */
  private @Nullable MuxStream find(MuxType type, int call) {
    greeted(type);
    if (call > lastCall) {
      throw SocketFault.protocol("expected HEADERS first for call " + call + ", got " + type);
    }
    return open.get(call);
  }

  /** Returns what the client has said of itself; throws if it says something else first. */
  private MuxSettings greeted(MuxType type) {
    if (client == null) {
      throw SocketFault.protocol("expected SETTINGS first, got " + type);
    }
    return client;
  }

  boolean isGreeted() {
    return client != null;
  }

  boolean isOver() {
    return stage == Stage.OVER;
  }

  /** Takes no more calls, and says so. */
  void goAway(String reason) {
    if (stage == Stage.OPEN) {
      stage = Stage.GOING_AWAY;
      sender.control(MuxWriter.goAway(lastCall, reason));
      lookIfDone();
    }
  }

  /** Nothing is left of a call. */
  void remove(int call) {
    open.remove(call);
    lookIfDone();
  }

  private void lookIfDone() {
    if (stage == Stage.GOING_AWAY && open.isEmpty()) {
      done.run();
    }
  }

  /** Takes nothing more. */
  void over() {
    stage = Stage.OVER;
  }

  /** The client is gone, or might as well be. */
  void lost(Throwable cause) {
    new ArrayList<>(open.values()).forEach(stream -> stream.lost(cause));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.WebSocket;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that carries many calls: knows which are open, keeps both ends to the rules, and
 * passes what comes on to {@link MuxStream}. What goes out is {@link MuxSender}'s.
 *
 * <p>Thread-safe. The socket is called under the lock; calls are told of events when it is left,
 * and of those that they have not caused themselves only by a thread that brought an event of the
 * socket: it holds no lock of any call. The specification is {@code docs/websocket.md}.
 */
final class MuxConnection implements SocketConnection, MuxReader.Sink, Heartbeat.Peer {
  private enum Stage {
    /** The client's SETTINGS have not come. */
    GREETING,
    /** Calls may be opened. */
    OPEN,
    /** GOAWAY was sent; the calls that are open go on. */
    GOING_AWAY,
    /** Nothing more is to be done but to wait for the socket's end. */
    OVER
  }

  private static final String SHUTDOWN_TEXT = "the server is shutting down";
  private static final Status SHUTDOWN =
      Status.UNAVAILABLE.withDescription("Server is shutting down");

  /** What a client may send for all calls before it is taken off the socket. */
  private static final int WINDOW = MuxSettings.DEFAULTS.socketCredit();

  private final Handshake handshake;
  private final WebSocket socket;
  private final WireFormats calls;
  private final SocketSettings settings;
  private final OpenSockets sockets;
  private final MuxReader reader;
  private final MuxSender sender;
  private final Heartbeat heartbeat;
  private final EventLock lock = new EventLock();

  /** Guarded by the lock. */
  private Stage stage = Stage.GREETING;

  /** Guarded by the lock. */
  private final Map<Integer, MuxStream> open = new HashMap<>(4);

  /** The greatest call id so far. Guarded by the lock. */
  private int lastCall;

  /** The client's credit. Guarded by the lock. */
  private int receivable = WINDOW;

  /** What the client has said of itself. Guarded by the lock. */
  private MuxSettings client = MuxSettings.DEFAULTS;

  /** How many pings were sent. Guarded by the lock. */
  private long pings;

  MuxConnection(
      Handshake handshake,
      WebSocket socket,
      WireFormats calls,
      SocketSettings settings,
      OpenSockets sockets) {
    this.handshake = handshake;
    this.socket = socket;
    this.calls = calls;
    this.settings = settings;
    this.sockets = sockets;
    this.reader = new MuxReader(maxHeaderBlock(), this);
    this.sender = new MuxSender(socket);
    this.heartbeat = new Heartbeat(this, settings, calls.settings().timer());
  }

  /** What counts is the metadata, whose limit the call keeps; the block is little longer. */
  private int maxHeaderBlock() {
    long twice = 2L * calls.settings().limits().maxInboundMetadataSize();
    return (int) Math.min(Integer.MAX_VALUE, twice);
  }

  /** Called from a container thread. */
  @Override
  public void opened() {
    heartbeat.start();
    if (!sockets.add(this)) {
      close(TRY_AGAIN_LATER, "the server takes no more sockets");
      return;
    }
    lock.lock();
    try {
      int callCredit = MuxRequest.WINDOW;
      sender.control(
          MuxWriter.settings(
              new MuxSettings(callCredit, WINDOW, settings.maxCallsPerSocket(), maxHeaderBlock())));
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

  /** Called from a container thread: an answer to a ping that was not sent. */
  @Override
  public void pong() {
    heartbeat.heard();
  }

  /** Called from any thread. */
  @Override
  public void writable() {
    heartbeat.heard();
    proceed();
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
      if (stage == Stage.GREETING || stage == Stage.OPEN) {
        stage = Stage.GOING_AWAY;
        sender.control(MuxWriter.goAway(lastCall, SHUTDOWN_TEXT));
        closeIfDone();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called by the reader. */
  @Override
  public void settings(MuxSettings settings) {
    lock.lock();
    try {
      if (stage != Stage.GREETING) {
        throw SocketFault.protocol("expected one SETTINGS, got another");
      }
      stage = Stage.OPEN;
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
      String type = fields.get("content-type");
      Status fault =
          type == null || GrpcFormat.of(ContentType.parse(type)) != null
              ? null
              : Status.INTERNAL.withDescription(
                  "content-type is not supported: expected "
                      + GrpcFormat.MULTIPLEXED.contentType()
                      + ", got "
                      + type);
      stream.open(
          calls.open(
              handshake.call(fullMethodName, fields), stream, GrpcFormat.MULTIPLEXED, fault));
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

  /** Returns null if the call is refused. */
  private @Nullable MuxStream add(int call) {
    lock.lock();
    try {
      note(call);
      if (stage == Stage.GOING_AWAY) {
        refuse(call, SHUTDOWN);
        return null;
      }
      if (open.size() >= settings.maxCallsPerSocket()) {
        refuse(
            call,
            Status.RESOURCE_EXHAUSTED.withDescription(
                "Too many calls on one socket: expected at most " + settings.maxCallsPerSocket()));
        return null;
      }
      if (stage == Stage.OVER) {
        return null;
      }
      MuxStream stream = new MuxStream(call, this, lock, sender, client);
      open.put(call, stream);
      return stream;
    } finally {
      lock.unlock();
    }
  }

  private void note(int call) {
    checkGreeted(MuxType.HEADERS);
    if (call <= lastCall) {
      throw SocketFault.protocol("expected a call id above " + lastCall + ", got " + call);
    }
    lastCall = call;
  }

  private void refuse(int call, Status reason) {
    sender.control(MuxWriter.trailers(call, TrailerFields.of(reason, new Metadata())));
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
        stream.request().count(length);
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
    if (length > receivable) {
      throw SocketFault.protocol(
          "expected at most " + receivable + " bytes of DATA, got " + length);
    }
    receivable -= length;
    if (receivable <= WINDOW / 2) {
      sender.control(MuxWriter.credit(0, WINDOW - receivable));
      receivable = WINDOW;
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
        stream.request().countEnd();
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
      MuxStream stream = call == 0 ? null : find(MuxType.CREDIT, call);
      checkGreeted(MuxType.CREDIT);
      boolean taken = call == 0 ? sender.credit(count) : stream == null || stream.credit(count);
      if (!taken) {
        throw SocketFault.protocol(
            "expected a credit of at most 2147483647 in all, got " + count + " more");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called by the reader. */
  @Override
  public void ping(byte[] value) {
    lock.lock();
    try {
      checkGreeted(MuxType.PING);
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
      checkGreeted(MuxType.PONG);
    } finally {
      lock.unlock();
    }
  }

  /** Returns null if the call has ended. */
  private @Nullable MuxStream find(MuxType type, int call) {
    checkGreeted(type);
    if (call > lastCall) {
      throw SocketFault.protocol("expected HEADERS first for call " + call + ", got " + type);
    }
    return open.get(call);
  }

  private void checkGreeted(MuxType type) {
    if (stage == Stage.GREETING) {
      throw SocketFault.protocol("expected SETTINGS first, got " + type);
    }
  }

  /** Called with the lock held: nothing is left of a call. */
  void ended(MuxStream stream) {
    open.remove(stream.id());
    closeIfDone();
  }

  private void closeIfDone() {
    if (stage == Stage.GOING_AWAY && open.isEmpty()) {
      sender.sendControl();
      socket.close(GOING_AWAY, SHUTDOWN_TEXT);
      stage = Stage.OVER;
    }
  }

  /** Called without a lock: sends what can be sent, and tells calls that they can write. */
  private void proceed() {
    MuxStream next;
    do {
      lock.lock();
      try {
        sender.sendAll();
        next = sender.nextWithRoom();
        if (next != null) {
          next.tellWritable();
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

  private void broken(SocketFault fault) {
    close(fault.code(), String.valueOf(fault.getMessage()));
    lost(fault);
  }

  private void close(int code, String reason) {
    lock.lock();
    try {
      if (stage != Stage.OVER) {
        stage = Stage.OVER;
        socket.close(code, reason);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called without a lock: calls that are open learn that their client is gone. */
  private void lost(Throwable cause) {
    lock.lock();
    try {
      stage = Stage.OVER;
      sender.clear();
      new ArrayList<>(open.values()).forEach(stream -> stream.lost(cause));
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

  /** Called from the timer. */
  @Override
  public void ping() {
    lock.lock();
    try {
      sender.control(MuxWriter.ping(++pings));
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
}

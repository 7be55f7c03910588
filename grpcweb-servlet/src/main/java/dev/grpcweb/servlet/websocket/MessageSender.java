// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries queued messages, pings and the close of a socket to the container, never two at a time:
 * {@link #pump} is the one door, woken by whoever sends and by whatever the container has done.
 *
 * <p>Thread-safe. The monitor guards the fields and is not held while anything else is called. What
 * may block in the container runs on the executor.
 */
final class MessageSender {
  private enum Stage {
    /** Takes messages. */
    OPEN,
    /** Takes nothing more; the close follows what is queued. */
    CLOSING,
    /** The container has been asked to close. */
    CLOSED,
    /** Nothing is sent any more. */
    GONE
  }

  /** What is told of the socket. */
  interface Events {
    /** {@link #isWritable} is true again. */
    void writable();

    /** The closing handshake is about to begin. */
    void closing();

    /** The container could not send. */
    void failed(Throwable cause);
  }

  private static final class Message {
    static final Message PING = new Message(new byte[0], 0, 0);

    final byte[] bytes;
    final int offset;
    final int length;

    Message(byte[] bytes, int offset, int length) {
      this.bytes = bytes;
      this.offset = offset;
      this.length = length;
    }
  }

  private final SocketRemote remote;
  private final Executor blocking;
  private final Events events;
  private final Deque<Message> queue = new ArrayDeque<>(4);
  private Stage stage = Stage.OPEN;

  /** Of what is queued and on its way. */
  private long queuedBytes;

  /** Whether the container has something to do; at most one thing at a time. */
  private boolean busy;

  /** Counts what the container was given to do, so that it tells of each end once. */
  private long turn;

  /** Whether a thread is inside {@link #pump}; others leave their work to it. */
  private boolean pumping;

  /** Whether {@link Events#writable} is to follow. */
  private boolean writableOwed;

  /** Whether a ping is queued; another one would say nothing more. */
  private boolean pinging;

  private int closeCode;
  private String closeReason = "";

  MessageSender(SocketRemote remote, Executor blocking, Events events) {
    this.remote = remote;
    this.blocking = blocking;
    this.events = events;
  }

  void send(byte[] bytes, int offset, int length) {
    synchronized (this) {
      if (stage != Stage.OPEN) {
        return;
      }
      queue.add(new Message(bytes, offset, length));
      queuedBytes += length;
    }
    pump();
  }

  void ping() {
    synchronized (this) {
      if (stage != Stage.OPEN || pinging) {
        return;
      }
      pinging = true;
      queue.add(Message.PING);
    }
    pump();
  }

  void close(int code, String reason) {
    synchronized (this) {
      if (stage != Stage.OPEN) {
        return;
      }
      stage = Stage.CLOSING;
      closeCode = code;
      closeReason = reason;
    }
    pump();
  }

  /** Forgets what is queued, and sends no more; returns whether it did so before. */
  synchronized boolean end() {
    boolean before = stage == Stage.GONE;
    stage = Stage.GONE;
    queue.clear();
    queuedBytes = 0;
    return before;
  }

  synchronized boolean isWritable() {
    boolean writable = stage == Stage.OPEN && !busy && queue.isEmpty();
    writableOwed |= !writable;
    return writable;
  }

  synchronized long queuedBytes() {
    return queuedBytes;
  }

  private void pump() {
    synchronized (this) {
      if (pumping) {
        return;
      }
      pumping = true;
    }
    for (Runnable next = next(); next != null; next = next()) {
      next.run();
    }
  }

  /** Returns what the container is to do next; if there is nothing, the door is left. */
  private @Nullable Runnable next() {
    boolean tell = false;
    synchronized (this) {
      if (busy) {
        // Whoever sees the end of it comes back.
        writableOwed = true;
      } else {
        Runnable next = take();
        if (next != null) {
          busy = true;
          turn++;
          return next;
        }
        tell = writableOwed && stage == Stage.OPEN;
        writableOwed &= !tell;
      }
      pumping = false;
    }
    if (tell) {
      events.writable();
    }
    return null;
  }

  private @Nullable Runnable take() {
    Message message = queue.poll();
    if (message == Message.PING) {
      pinging = false;
      return () -> blocking.execute(() -> run(remote::ping));
    }
    if (message != null) {
      return () -> send(message);
    }
    if (stage == Stage.CLOSING) {
      stage = Stage.CLOSED;
      int code = closeCode;
      String reason = closeReason;
      return () ->
          blocking.execute(
              () -> {
                events.closing();
                run(() -> remote.close(code, reason));
              });
    }
    return null;
  }

  private void send(Message message) {
    long sending = turn();
    Consumer<@Nullable Throwable> done = failure -> done(sending, message.length, failure);
    try {
      remote.send(message.bytes, message.offset, message.length, done);
    } catch (RuntimeException e) {
      done.accept(e);
    }
  }

  private interface Blocking {
    void run() throws IOException;
  }

  /** Runs on a thread that may block. */
  private void run(Blocking call) {
    long running = turn();
    Throwable failure = null;
    try {
      call.run();
    } catch (IOException | RuntimeException e) {
      failure = e;
    }
    done(running, 0, failure);
  }

  private synchronized long turn() {
    return turn;
  }

  /** Called from any thread, also from inside {@link #pump}. */
  private void done(long ended, int length, @Nullable Throwable failure) {
    boolean gone;
    synchronized (this) {
      if (!busy || ended != turn) {
        return;
      }
      busy = false;
      gone = stage == Stage.GONE;
      queuedBytes = gone ? 0 : queuedBytes - length;
    }
    if (failure != null && !gone) {
      events.failed(failure);
    }
    pump();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

import dev.grpcweb.transport.WebSocket;
import dev.grpcweb.transport.WebSocketInput;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One socket of a servlet container: {@link MessageSender} carries what goes out, {@link
 * SocketEvents} what is told.
 *
 * <p>Thread-safe.
 */
final class WebSocketExchange implements WebSocket, MessageSender.Events {
  private final SocketRemote remote;
  private final SocketThreads threads;
  private final MessageSender sender;

  /** Set before the first event. */
  private @Nullable SocketEvents events;

  /** What cuts off a peer that does not answer the close. Guarded by this. */
  private @Nullable Future<?> patience;

  WebSocketExchange(SocketRemote remote, SocketThreads threads) {
    this.remote = remote;
    this.threads = threads;
    this.sender = new MessageSender(remote, threads::execute, this);
  }

  /** Sets who is told; to be called before anything else. */
  void bind(WebSocketInput input) {
    events = new SocketEvents(input, threads);
  }

  @Override
  public void send(byte[] bytes, int offset, int length) {
    CoreCall.run(() -> sender.send(bytes, offset, length));
  }

  @Override
  public void ping() {
    CoreCall.run(sender::ping);
  }

  @Override
  public void close(int code, String reason) {
    CoreCall.run(() -> sender.close(code, reason));
  }

  @Override
  public void abort() {
    cut(new IOException("the server has given the socket up"));
  }

  @Override
  public boolean isWritable() {
    return sender.isWritable();
  }

  @Override
  public long queuedBytes() {
    return sender.queuedBytes();
  }

  /** Called from any thread: {@link #isWritable} is true again. */
  @Override
  public void writable() {
    events().writable();
  }

  /** Called from any thread: the container could not send. */
  @Override
  public void failed(Throwable cause) {
    cut(cause);
  }

  /** Called from a thread of the pool: a peer that does not answer is cut off after a while. */
  @Override
  public void closing() {
    IOException cause = new IOException("the client has not answered the close");
    synchronized (this) {
      if (!isOver()) {
        patience =
            threads.after(SocketRemote.CLOSE_MILLIS, TimeUnit.MILLISECONDS, () -> cut(cause));
      }
    }
  }

  /** Ends the connection from this side, once. */
  void cut(Throwable cause) {
    if (!sender.end()) {
      threads.execute(
          () -> {
            remote.abort();
            ended(cause);
          });
    }
  }

  /** Called from any thread when the container has said that the socket is closed. */
  void ended(Throwable cause) {
    boolean unused = sender.end();
    synchronized (this) {
      if (patience != null) {
        patience.cancel(false);
        patience = null;
      }
    }
    events().closed(cause);
  }

  boolean isOver() {
    return events().isOver();
  }

  private SocketEvents events() {
    if (events == null) {
      throw new IllegalStateException("the socket has not been opened");
    }
    return events;
  }
}

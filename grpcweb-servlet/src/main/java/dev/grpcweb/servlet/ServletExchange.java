// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * One asynchronous request of a servlet container.
 *
 * <p>Thread rule: any thread may call any method. One {@link ExchangeLock} guards every touch of
 * the request, the response, their streams and the asynchronous context; after the container has
 * said that the exchange is over nothing is touched, since it may serve another client by then.
 */
final class ServletExchange implements Exchange {
  /** The JDK's own, whose threads hold nothing when they begin. */
  private static final Executor READERS = new CompletableFuture<Void>().defaultExecutor();

  /** More than a read takes that waits for nothing. */
  private static final long READ_MILLIS = 1000;

  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final ExchangeLock lock = new ExchangeLock();
  private final ExchangeEvents events = new ExchangeEvents(lock);
  private final ServletSource source;
  private final ServletSink sink;
  private final DiscardedRest rest;
  private final RequestPump in;
  private final ResponsePump out;

  ServletExchange(
      HttpServletRequest request,
      HttpServletResponse response,
      Container container,
      CorsGrant cors,
      ServletTimer timer)
      throws IOException {
    this.request = request;
    this.response = response;
    this.source = new ServletSource(request.getInputStream());
    boolean unlocked = ServletSource.locksWhenRead(request, container);
    RequestSource body = unlocked ? new UnlockedSource(source, lock) : source;
    this.in =
        new RequestPump(
            lock,
            body,
            ServletSource.bodyLength(request),
            ServletSource.failsUnnoticed(request, container) ? this::failRead : this::fail);
    boolean jetty = container == Container.JETTY;
    // A connection of HTTP/1.1 whose request was not read serves no other one.
    boolean shared = jetty && !ServletSource.isHttp1(request);
    this.sink =
        new ServletSink(response, container, cors, lock, () -> shared && in.isCallbackOwed());
    this.rest = new DiscardedRest(lock, in, timer, ServletSource.pace(request, container));
    this.out = new ResponsePump(sink, events, rest);
    sink.whenReady(out::onWritePossible);
    if (container == Container.UNDERTOW) {
      sink.whenFlushed(new RepeatedFlush(lock, out, timer)::flushed);
    }
    in.discardUpTo(ServletSource.discardLimit(request, container), jetty, out::release);
    Runnable reader = () -> guarded(in::pump);
    lock.reader(unlocked ? () -> READERS.execute(reader) : reader);
    lock.teller(() -> guarded(events::tell));
  }

  /**
   * Makes the request asynchronous, then tells the core that it is open and what happens from then
   * on. Called once, on the container's thread, inside {@code service}.
   */
  void start(ExchangeInput core) {
    try {
      listen();
      core.opened();
    } catch (IOException | RuntimeException e) {
      broken(e);
    } finally {
      // Also if it threw: the call may be open, and has to learn of its end.
      bind(core);
    }
  }

  private void listen() throws IOException {
    lock.lock();
    try {
      ServletOutputStream stream = response.getOutputStream();
      AsyncContext context = request.startAsync(request, response);
      sink.start(context, stream);
      context.setTimeout(0);
      context.addListener(new ContextListener());
      out.start();
      if (!in.isEnded()) {
        source.listen(lock, in, this::failLocked);
      }
      stream.setWriteListener(new Writer());
    } finally {
      lock.unlock();
    }
  }

  private void bind(ExchangeInput core) {
    lock.lock();
    try {
      in.bind(core);
      events.bind(core);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void begin(ResponseHead head) {
    lock.lock();
    try {
      if (!events.isOver()) {
        sink.begin(head);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      out.write(bytes, offset, length);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void flush() {
    lock.lock();
    try {
      out.flush();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void end(Headers trailers) {
    lock.lock();
    try {
      if (!events.isOver()) {
        sink.trailers(trailers);
        in.stopDelivering();
        out.end();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void abort() {
    lock.lock();
    try {
      if (!events.isOver()) {
        events.aborted();
        abortLocked();
      }
    } finally {
      lock.unlock();
    }
  }

  private void abortLocked() {
    out.close();
    sink.abort();
    in.close();
  }

  @Override
  public void discardQueued() {
    lock.lock();
    try {
      out.discardQueued();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean endsWithHead() {
    return sink.endsWithHead();
  }

  @Override
  public boolean isWritable() {
    lock.lock();
    try {
      return out.isWritable();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long queuedBytes() {
    lock.lock();
    try {
      return out.queuedBytes();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void resumeReading() {
    lock.lock();
    try {
      in.resume();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the exchange because a stream failed; the context is completed where that is owed. */
  private void fail(Throwable cause) {
    events.disconnected(cause);
    if (out.close() != ResponsePump.Stage.COMPLETED) {
      sink.gone();
    }
    in.close();
  }

  /** The same after a read, of which the container learns from its own threads only. */
  private void failRead(Throwable cause) {
    boolean watched = source.isWatched();
    fail(cause);
    if (!watched) {
      sink.goneUnnoticed();
    }
  }

  private void failLocked(Throwable cause) {
    lock.lock();
    try {
      fail(cause);
    } finally {
      lock.unlock();
    }
  }

  /** Runs what calls the core, on any thread: its mistakes are no matter of that thread. */
  private void guarded(Runnable door) {
    try {
      door.run();
    } catch (RuntimeException e) {
      broken(e);
    }
  }

  /** Ends the exchange, if it goes on, because of a mistake on this side. */
  private void broken(Exception cause) {
    ServletSink.logFault(cause);
    lock.lock();
    try {
      if (!events.isOver()) {
        events.disconnected(cause);
        abortLocked();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the exchange because the container has; nothing is touched. */
  private void containerEnded(Throwable cause) {
    lock.lock();
    try {
      lock.awaitReading(READ_MILLIS);
      sink.ended();
      in.close();
      if (out.close() == ResponsePump.Stage.COMPLETED) {
        // A container may say so inside our own call to complete.
        events.completed();
      }
      events.disconnected(cause);
    } finally {
      lock.unlock();
    }
  }

  private final class Writer implements WriteListener {
    @Override
    public void onWritePossible() throws IOException {
      lock.lock();
      try {
        if (sink.isPoisoned()) {
          sink.ended();
          throw new IOException("the response was broken off");
        }
        out.onWritePossible();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onError(Throwable cause) {
      failLocked(cause);
    }
  }

  private final class ContextListener implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {
      containerEnded(new IOException("the container has completed the request"));
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      containerEnded(new IOException("the container has timed the request out"));
    }

    @Override
    public void onError(AsyncEvent event) {
      Throwable cause = event.getThrowable();
      lock.lock();
      try {
        containerEnded(cause == null ? new IOException("the request has failed") : cause);
        if (rest.comesFirst()) {
          // Nobody else will, if the client has reset its stream while service is running.
          source.skipArrived();
        }
        sink.completeFailed(event.getAsyncContext());
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      // Another cycle is nobody's business here: doors start one only.
    }
  }
}

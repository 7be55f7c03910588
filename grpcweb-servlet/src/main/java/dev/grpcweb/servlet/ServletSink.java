// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The response of a servlet container.
 *
 * <p>Thread rule: called under the exchange's lock only. The head is set when the first byte is
 * sent and not before, so that no filter on the way out of {@code service} meets another thread at
 * the response.
 */
final class ServletSink implements ResponseSink {
  private static final Logger logger = System.getLogger(ServletSink.class.getName());

  private final HttpServletResponse response;
  private final Container container;
  private final CorsGrant cors;
  private final ExchangeLock lock;

  /** Whether a listener would be called in place of another if this response were completed. */
  private final BooleanSupplier callbackUnderWay;

  private final Map<String, String> trailers = new TreeMap<>();

  /** What the response begins with; null before it is known and after it was set. */
  private @Nullable ResponseHead head;

  /** Null until the exchange has become asynchronous. */
  private @Nullable AsyncContext context;

  private @Nullable ServletOutputStream out;

  /** Run after each flush. */
  private Runnable flushed = () -> {};

  /** Run when the response may be touched again. */
  private Runnable ready = () -> {};

  /** Whether the asynchronous context has been completed, by us or by the container. */
  private boolean ended;

  /** Whether the stream was closed, and the response not yet completed. */
  private boolean bodyEnded;

  /** Whether the next call to the listener has to fail, so that the container closes. */
  private boolean poisoned;

  ServletSink(
      HttpServletResponse response,
      Container container,
      CorsGrant cors,
      ExchangeLock lock,
      BooleanSupplier callbackUnderWay) {
    this.response = response;
    this.container = container;
    this.cors = cors;
    this.lock = lock;
    this.callbackUnderWay = callbackUnderWay;
  }

  void start(AsyncContext asyncContext, ServletOutputStream stream) {
    context = asyncContext;
    out = stream;
    if (container == Container.UNDERTOW && !response.isCommitted()) {
      response.setBufferSize(1);
    }
  }

  /** Sets what to run after each flush, before the exchange is known to a second thread. */
  void whenFlushed(Runnable action) {
    flushed = action;
  }

  /** Sets what to run when the response may be touched again, as early as {@link #whenFlushed}. */
  void whenReady(Runnable action) {
    ready = action;
  }

  void begin(ResponseHead responseHead) {
    head = responseHead;
  }

  void trailers(Headers fields) {
    // A servlet has one value for each trailer; values of one name are joined as HTTP allows.
    fields.forEach((name, value) -> trailers.merge(name, value, (a, b) -> a + "," + b));
  }

  boolean endsWithHead() {
    return container.endsWithHead();
  }

  /** Notes that the container has ended the exchange; nothing is touched any more. */
  void ended() {
    ended = true;
  }

  /**
   * Completes what the container says has failed, inside that call. Tomcat wants it: if a client
   * resets its stream while {@code service} is running it ends the whole connection otherwise.
   */
  void completeFailed(AsyncContext failed) {
    if (container == Container.TOMCAT) {
      try {
        failed.complete();
      } catch (IllegalStateException e) {
        // It was completed when it failed.
        ended = true;
      }
    }
  }

  /** Returns whether the listener has to fail. */
  boolean isPoisoned() {
    return poisoned;
  }

  /** No response is ready while its request is read without the lock. */
  @Override
  public boolean isReady() {
    if (lock.isReading()) {
      lock.afterReading(ready);
      return false;
    }
    // To complete is no write; Jetty takes a question after the end for a write that was refused.
    return bodyEnded || stream().isReady();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    commit();
    stream().write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    commit();
    stream().flush();
    flushed.run();
  }

  /** Jetty and Undertow read on after the body's end; elsewhere it comes with completion. */
  @Override
  public void endBody() throws IOException {
    if (container == Container.JETTY || container == Container.UNDERTOW) {
      commit();
      bodyEnded = true;
      stream().close();
    } else {
      flush();
    }
  }

  /** Over HTTP/2 Tomcat's waiting thread is not even told when the client's window opens. */
  @Override
  public boolean completionBlocks() {
    return container == Container.TOMCAT;
  }

  @Override
  public void complete() {
    commit();
    completeContext();
  }

  @Override
  public void failed(Exception cause) {
    if (cause instanceof IOException || cause instanceof IllegalStateException) {
      // A container says by the latter too that the exchange has ended.
      gone();
    } else {
      logFault(cause);
      abort();
    }
  }

  /** Does what the container leaves to be done when a stream has failed. */
  void gone() {
    if (container != Container.TOMCAT) {
      goneUnnoticed();
    }
  }

  /** The same where the container has not noticed: Tomcat looks after the reads of its threads. */
  void goneUnnoticed() {
    try {
      if (!ended && canSetStatus()) {
        // The request was broken, or nobody is there to read this.
        response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
      } else if (!ended && container == Container.JETTY) {
        // A write may have failed by a time-out and left all the same: completed, such a response
        // would look whole.
        response.sendError(-1);
      }
      completeContext();
    } catch (IOException | RuntimeException e) {
      ended = true;
    }
  }

  /** Notes a mistake on this side; no client is told of it. */
  static void logFault(Throwable cause) {
    logger.log(Level.ERROR, "an exchange has failed", cause);
  }

  /**
   * Breaks the response off. Jetty resets the stream or closes the connection without the last
   * chunk. Tomcat and Undertow do the like if they have to call the listener again, and cannot be
   * told otherwise: there the body ends without its trailers frame, or with such trailers of HTTP
   * as {@link #trailers} was given.
   */
  void abort() {
    if (lock.isReading()) {
      lock.afterReading(this::abort);
      return;
    }
    try {
      if (ended) {
        return;
      }
      if (canSetStatus()) {
        response.reset();
        response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
      } else if (container == Container.JETTY) {
        response.sendError(-1);
      } else if (!stream().isReady()) {
        poisoned = true;
        return;
      }
      completeContext();
    } catch (IOException | RuntimeException e) {
      ended = true;
    }
  }

  /** Returns whether a short answer can still be given, which completes the response at once. */
  private boolean canSetStatus() {
    boolean listening = context != null && callbackUnderWay.getAsBoolean();
    return !listening && !response.isCommitted();
  }

  private void completeContext() {
    if (!ended && context != null) {
      ended = true;
      context.complete();
    }
  }

  private void commit() {
    ResponseHead first = head;
    if (first == null) {
      return;
    }
    head = null;
    response.setStatus(first.status());
    first
        .headers()
        .forEach(
            (name, value) -> {
              if (name.equals("content-type")) {
                response.setContentType(value);
              } else {
                response.addHeader(name, value);
              }
            });
    cors.apply(response);
    if (first.hasTrailers()) {
      // Asked for when the response is completed, but to be set before it is committed.
      response.setTrailerFields(() -> trailers);
    }
  }

  private ServletOutputStream stream() {
    if (out == null) {
      throw new IllegalStateException("the exchange has not been started");
    }
    return out;
  }
}

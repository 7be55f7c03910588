// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The request body of a servlet container: its stream, and the listener that the container's
 * threads call.
 */
final class ServletSource implements RequestSource {
  /** How much of a request is read and thrown away so that the client gets to read the answer. */
  private static final long DISCARD_LIMIT = 4L * 1024 * 1024;

  private final ServletInputStream stream;

  /** Which of the container's threads is telling of data; it looks for failed reads afterwards. */
  private volatile @Nullable Thread listening;

  ServletSource(ServletInputStream stream) {
    this.stream = stream;
  }

  /** Returns the length of the body as it will be read, or -1 where a decoder may change it. */
  static long bodyLength(HttpServletRequest request) {
    boolean coded =
        request.getHeader("content-encoding") != null
            || request.getHeader("transfer-encoding") != null;
    return coded ? -1 : request.getContentLengthLong();
  }

  /**
   * Over HTTP/2 a stream ends by itself, but in Undertow, and in Tomcat not without a loss: what
   * the client has sent and nobody has read stays taken from its connection's window for ever. Over
   * HTTP/1.1 a client that is still sending meets a closed connection unless its request is read;
   * one that expects a 100 has not begun to send.
   */
  static long discardLimit(HttpServletRequest request, Container container) {
    boolean needed =
        isHttp1(request) || container == Container.UNDERTOW || container == Container.TOMCAT;
    return needed && request.getHeader("expect") == null ? DISCARD_LIMIT : 0;
  }

  /**
   * Returns whether and how long the rest is awaited before the answer. Tomcat wants that over
   * HTTP/2: a client that is answered early may end or reset its request between the end of the
   * response and Tomcat's next look, and by that take the window; or cross the end of the response
   * by the end of its request and a reset, over which Tomcat closes the connection.
   */
  static DiscardedRest.Pace pace(HttpServletRequest request, Container container) {
    if (container != Container.TOMCAT || isHttp1(request)) {
      return DiscardedRest.Pace.ANSWERED;
    }
    long length = request.getContentLengthLong();
    return length >= 0 && length <= DISCARD_LIMIT
        ? DiscardedRest.Pace.PROMISED
        : DiscardedRest.Pace.UNCERTAIN;
  }

  /** Returns whether there is a body that somebody should read; HTTP/2 need not announce it. */
  static boolean hasBody(HttpServletRequest request, Container container) throws IOException {
    return request.getContentLengthLong() > 0
        || request.getHeader("transfer-encoding") != null
        || (pace(request, container) != DiscardedRest.Pace.ANSWERED
            && !request.getInputStream().isFinished());
  }

  static boolean isHttp1(HttpServletRequest request) {
    return request.getProtocol().startsWith("HTTP/1");
  }

  /** Returns whether reading may have to wait for a lock that the container's threads hold. */
  static boolean locksWhenRead(HttpServletRequest request, Container container) {
    return container == Container.TOMCAT
        && isHttp1(request)
        && request.getHeader("transfer-encoding") != null;
  }

  /**
   * Returns whether a read may fail without the container's knowing, since another thread reads.
   * Over HTTP/2 a read that fails has the whole connection closed.
   */
  static boolean failsUnnoticed(HttpServletRequest request, Container container) {
    return container == Container.TOMCAT && isHttp1(request);
  }

  /** Has the container call the pump from now on. */
  void listen(ExchangeLock lock, RequestPump pump, Consumer<Throwable> failed) {
    stream.setReadListener(new Reader(this, lock, pump, failed));
  }

  @Override
  public boolean isReady() {
    return stream.isReady();
  }

  /**
   * Tomcat looks for data first and for the end then, while another thread may bring both; what it
   * says of the end is true when it says it twice.
   */
  @Override
  public boolean isFinished() {
    boolean once = stream.isFinished();
    return once && stream.isFinished();
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    return stream.read(buffer, offset, length);
  }

  /** Reads and throws away what has arrived of a request that has failed. */
  void skipArrived() {
    try {
      byte[] buffer = new byte[RequestPump.CHUNK];
      while (stream.available() > 0 && stream.read(buffer) > 0) {
        // It is the reading that is wanted.
      }
    } catch (IOException | RuntimeException e) {
      // The request has failed already.
    }
  }

  /** Returns whether the container will see by itself that this thread could not read. */
  boolean isWatched() {
    return listening == Thread.currentThread();
  }

  private record Reader(
      ServletSource source, ExchangeLock lock, RequestPump pump, Consumer<Throwable> failed)
      implements ReadListener {
    @Override
    public void onDataAvailable() {
      // Beyond the release of the lock, which may begin to read.
      source.listening = Thread.currentThread();
      lock.lock();
      try {
        pump.onDataAvailable();
      } finally {
        lock.unlock();
        source.listening = null;
      }
    }

    @Override
    public void onAllDataRead() {
      lock.lock();
      try {
        pump.onAllDataRead();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onError(Throwable cause) {
      failed.accept(cause);
    }
  }
}

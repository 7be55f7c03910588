// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * The request body of a servlet container: its stream, and the listener that the container's
 * threads call.
 */
final class ServletSource implements RequestSource {
  /** How much of a request is read and thrown away so that the client gets to read the answer. */
  private static final long DISCARD_LIMIT = 4L * 1024 * 1024;

  private final ServletInputStream stream;

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
   * Over HTTP/2 a stream ends by itself, but in Undertow. Over HTTP/1.1 a client that is still
   * sending meets a closed connection unless its request is read; one that expects a 100 has not
   * begun to send.
   */
  static long discardLimit(HttpServletRequest request, Container container) {
    boolean needed = request.getProtocol().startsWith("HTTP/1") || container == Container.UNDERTOW;
    return needed && request.getHeader("expect") == null ? DISCARD_LIMIT : 0;
  }

  /** Returns whether reading may have to wait for a lock that the container's threads hold. */
  static boolean locksWhenRead(HttpServletRequest request, Container container) {
    return container == Container.TOMCAT
        && request.getProtocol().startsWith("HTTP/1")
        && request.getHeader("transfer-encoding") != null;
  }

  /** Has the container call the pump from now on. */
  void listen(ExchangeLock lock, RequestPump pump, Consumer<Throwable> failed) {
    stream.setReadListener(new Reader(lock, pump, failed));
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

  private record Reader(ExchangeLock lock, RequestPump pump, Consumer<Throwable> failed)
      implements ReadListener {
    @Override
    public void onDataAvailable() {
      lock.lock();
      try {
        pump.onDataAvailable();
      } finally {
        lock.unlock();
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

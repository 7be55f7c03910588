// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * The request body of a servlet container: its stream, and the listener that the container's
 * threads call.
 */
final class ServletSource implements RequestSource {
  private final ServletInputStream stream;

  ServletSource(ServletInputStream stream) {
    this.stream = stream;
  }

  /** Has the container call the pump from now on. */
  void listen(ExchangeLock lock, RequestPump pump, Consumer<Throwable> failed) {
    stream.setReadListener(new Reader(lock, pump, failed));
  }

  @Override
  public boolean isReady() {
    return stream.isReady();
  }

  @Override
  public boolean isFinished() {
    return stream.isFinished();
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

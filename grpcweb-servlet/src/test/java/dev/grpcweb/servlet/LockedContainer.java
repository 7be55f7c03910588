// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A container with a lock like that of Tomcat's sockets, and one request that is chunked and empty:
 * who reads its end takes the lock, and so does the container when it calls.
 */
final class LockedContainer {
  /** Something that a thread of the container does. */
  interface Action {
    void run() throws IOException;
  }

  private static final long SECONDS = 30;

  private final ReentrantLock socket = new ReentrantLock();
  private final CountDownLatch reading = new CountDownLatch(1);
  private final CountDownLatch wasRead = new CountDownLatch(1);
  private final CountDownLatch completed = new CountDownLatch(1);
  private final AtomicInteger deadlocks = new AtomicInteger();
  private final In in = new In();
  private final Out out = new Out();
  private @Nullable AsyncListener listener;

  ServletExchange exchange() throws IOException {
    FakeRequest request =
        new FakeRequest()
            .with("getProtocol", "HTTP/1.1")
            .with("getInputStream", in)
            .with("startAsync", context())
            .header("transfer-encoding", "chunked");
    CorsGrant cors = new CorsGrant(CorsPolicy.sameOrigin(), null, false);
    return new ServletExchange(
        request.request(), response(), Container.TOMCAT, cors, new ServletTimer());
  }

  /** Has every read fail. */
  void breakRequest() {
    in.broken = true;
  }

  /** Runs something as a thread of the container does. */
  void locked(Action action) {
    socket.lock();
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      socket.unlock();
    }
  }

  void callWritePossible() {
    locked(() -> known(out.listener).onWritePossible());
  }

  void callWriteError() {
    locked(() -> known(out.listener).onError(new IOException("gone")));
  }

  void callDataAvailable() {
    locked(() -> known(in.listener).onDataAvailable());
  }

  void callAllDataRead() {
    locked(() -> known(in.listener).onAllDataRead());
  }

  void callReadError() {
    locked(() -> known(in.listener).onError(new IOException("gone")));
  }

  void callComplete() {
    locked(() -> known(listener).onComplete(new AsyncEvent(context())));
  }

  void callTimeout() {
    locked(() -> known(listener).onTimeout(new AsyncEvent(context())));
  }

  void callError() {
    locked(() -> known(listener).onError(new AsyncEvent(context(), new IOException("gone"))));
  }

  void awaitRead() {
    await(reading);
  }

  void awaitReadReturned() {
    await(wasRead);
  }

  void awaitCompletion() {
    await(completed);
  }

  boolean isCompleted() {
    return completed.getCount() == 0;
  }

  /** Returns how many reads did not get the lock. */
  int deadlocks() {
    return deadlocks.get();
  }

  byte[] written() {
    return out.bytes.toByteArray();
  }

  static void await(CountDownLatch signal) {
    try {
      assertThat(signal.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T known(@Nullable T listener) {
    if (listener == null) {
      throw new AssertionError("no listener was set");
    }
    return listener;
  }

  private AsyncContext context() {
    return (AsyncContext)
        Proxy.newProxyInstance(
            LockedContainer.class.getClassLoader(),
            new Class<?>[] {AsyncContext.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "addListener" -> listener = (AsyncListener) arguments[0];
                case "complete" -> {
                  assertThat(isCompleted()).as("completed twice").isFalse();
                  completed.countDown();
                }
                default -> {}
              }
              return null;
            });
  }

  private HttpServletResponse response() {
    return (HttpServletResponse)
        Proxy.newProxyInstance(
            LockedContainer.class.getClassLoader(),
            new Class<?>[] {HttpServletResponse.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getOutputStream" -> out;
                  case "isCommitted" -> false;
                  default -> null;
                });
  }

  private final class In extends ServletInputStream {
    private volatile @Nullable ReadListener listener;
    private volatile boolean finished;
    private volatile boolean broken;

    @Override
    public void setReadListener(ReadListener readListener) {
      listener = readListener;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public boolean isFinished() {
      return finished;
    }

    @Override
    public int read() {
      throw new AssertionError("byte by byte");
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      reading.countDown();
      if (broken) {
        throw new IOException("broken");
      }
      try {
        if (!socket.tryLock(SECONDS, TimeUnit.SECONDS)) {
          deadlocks.incrementAndGet();
          throw new IOException("deadlock");
        }
        finished = true;
        socket.unlock();
        return -1;
      } catch (InterruptedException e) {
        throw new IOException(e);
      } finally {
        wasRead.countDown();
      }
    }
  }

  private static final class Out extends ServletOutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private volatile @Nullable WriteListener listener;

    @Override
    public void setWriteListener(WriteListener writeListener) {
      listener = writeListener;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void write(int b) {
      throw new AssertionError("byte by byte");
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
      bytes.write(buffer, offset, length);
    }
  }
}

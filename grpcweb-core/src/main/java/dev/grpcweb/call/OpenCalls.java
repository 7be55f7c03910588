// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The calls that have not ended, and whether more may come: what a graceful shutdown waits for.
 *
 * <p>Thread-safe.
 */
public final class OpenCalls {
  private final Set<ServerStream> calls = ConcurrentHashMap.newKeySet();
  private final CountDownLatch terminated = new CountDownLatch(1);
  private final Runnable onTerminated;

  /** Written once. Guarded by this. */
  private boolean shutdown;

  /**
   * Creates an empty set.
   *
   * @param onTerminated runs once, when no call is open and none may come
   */
  public OpenCalls(Runnable onTerminated) {
    this.onTerminated = onTerminated;
  }

  /** Returns false, and does not add the call, if no more calls are taken. */
  synchronized boolean add(ServerStream call) {
    return !shutdown && calls.add(call);
  }

  void remove(ServerStream call) {
    calls.remove(call);
    checkTerminated();
  }

  /** Takes no more calls. */
  public void shutdown() {
    synchronized (this) {
      shutdown = true;
    }
    checkTerminated();
  }

  /** Takes no more calls and cancels the open ones. */
  public void shutdownNow() {
    shutdown();
    snapshot().forEach(ServerStream::shutdownNow);
  }

  /** Breaks off what {@link #shutdownNow} has left. */
  public void abort() {
    snapshot().forEach(ServerStream::abort);
  }

  /** Returns whether no more calls are taken. */
  public synchronized boolean isShutdown() {
    return shutdown;
  }

  /** Returns whether no call is open and none may come. */
  public boolean isTerminated() {
    return terminated.getCount() == 0;
  }

  /** Waits for {@link #isTerminated}. */
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return terminated.await(timeout, unit);
  }

  /** Returns the number of open calls. */
  public int size() {
    return calls.size();
  }

  private List<ServerStream> snapshot() {
    return new ArrayList<>(calls);
  }

  private void checkTerminated() {
    synchronized (this) {
      if (!shutdown || !calls.isEmpty() || isTerminated()) {
        return;
      }
      terminated.countDown();
    }
    onTerminated.run();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Patience;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServerThreadsTest {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(Patience.SECONDS);

  private final ServerThreads threads = new ServerThreads();
  private final CompletableFuture<Thread> worker = new CompletableFuture<>();

  @Test
  void theEndIsAwaitedOfEveryThread() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    threads.pool().execute(() -> holdUntil(release));
    CompletableFuture<Thread> timer = new CompletableFuture<>();
    threads.timer().execute(() -> timer.complete(Thread.currentThread()));
    Thread held = worker.get(Patience.SECONDS, TimeUnit.SECONDS);
    Thread idle = timer.get(Patience.SECONDS, TimeUnit.SECONDS);
    threads.stop();

    assertThat(threads.awaitEnd(TimeUnit.MILLISECONDS.toNanos(20))).isFalse();
    release.countDown();

    assertThat(threads.awaitEnd(PATIENCE)).isTrue();
    assertThat(held.isAlive()).isFalse();
    assertThat(idle.isAlive()).isFalse();
  }

  @Test
  void aThreadDoesNotWaitForItself() throws Exception {
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    threads
        .pool()
        .execute(
            () -> {
              threads.stop();
              try {
                ended.complete(threads.awaitEnd(Long.MAX_VALUE));
              } catch (InterruptedException e) {
                ended.completeExceptionally(e);
              }
            });

    assertThat(ended.get(Patience.SECONDS, TimeUnit.SECONDS)).isFalse();
  }

  private void holdUntil(CountDownLatch release) {
    worker.complete(Thread.currentThread());
    try {
      release.await();
    } catch (InterruptedException e) {
      worker.completeExceptionally(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Patience;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ServletTimerTest {
  private final ServletTimer timer = new ServletTimer();

  @Test
  void aTaskRunsNotBeforeItsTimeOnADaemon() throws Exception {
    CompletableFuture<Boolean> daemon = new CompletableFuture<>();
    long begin = System.nanoTime();

    timer.after(
        20, TimeUnit.MILLISECONDS, () -> daemon.complete(Thread.currentThread().isDaemon()));

    assertThat(daemon.get(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(19));
    timer.close();
  }

  @Test
  void whatHasNotRunWhenTheDoorEndsNeverDoes() throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    AtomicBoolean ran = new AtomicBoolean();
    timer.after(0, TimeUnit.SECONDS, () -> thread.complete(Thread.currentThread()));
    timer.after(1, TimeUnit.HOURS, () -> ran.set(true));
    Thread worker = thread.get(Patience.SECONDS, TimeUnit.SECONDS);

    timer.close();
    timer.after(0, TimeUnit.SECONDS, () -> ran.set(true));

    worker.join(TimeUnit.SECONDS.toMillis(Patience.SECONDS));
    assertThat(worker.isAlive()).isFalse();
    assertThat(ran).isFalse();
  }
}

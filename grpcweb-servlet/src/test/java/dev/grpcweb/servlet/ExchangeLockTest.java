// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ExchangeLockTest {
  private final ExchangeLock lock = new ExchangeLock();
  private final List<String> opened = new ArrayList<>();

  @BeforeEach
  void setDoors() {
    lock.reader(() -> opened.add("read"));
    lock.teller(() -> opened.add("tell"));
  }

  @Test
  void onlyTheDoorThatWasWokenOpens() {
    lock.lock();
    lock.wakeTeller();
    lock.unlock();
    assertThat(opened).containsExactly("tell");

    lock.lock();
    lock.wakeReader();
    lock.unlock();
    assertThat(opened).containsExactly("tell", "read");
  }

  @Test
  void theOutermostReleaseOpensTheDoors() {
    lock.lock();
    lock.lock();
    lock.wakeTeller();
    lock.wakeReader();
    lock.unlock();
    assertThat(opened).isEmpty();
    lock.unlock();
    assertThat(opened).containsExactly("read", "tell");
  }

  @Test
  void othersTakeTheLockDuringARead() {
    lock.lock();
    lock.beginReading();
    lock.lock();
    assertThat(lock.isReading()).isTrue();
    lock.unlock();
    lock.endReading();
    assertThat(lock.isReading()).isFalse();
    lock.unlock();
  }

  @Test
  void whatIsPutOffIsDoneOnceAfterTheRead() {
    lock.lock();
    lock.beginReading();
    lock.lock();
    lock.afterReading(() -> opened.add("put off"));
    lock.unlock();
    assertThat(opened).isEmpty();
    lock.endReading();
    assertThat(opened).containsExactly("put off");

    lock.beginReading();
    lock.endReading();
    lock.unlock();
    assertThat(opened).containsExactly("put off");
  }

  @Test
  void oneThatCannotBePutOffWaitsForTheReadOfAnotherThread() throws InterruptedException {
    lock.lock();
    lock.beginReading();
    Thread other = new Thread(() -> awaitReading(30_000));
    other.start();
    Awaitility.await().until(() -> other.getState() == Thread.State.TIMED_WAITING);
    lock.endReading();
    opened.add("read");
    lock.unlock();
    other.join();

    assertThat(opened).containsExactly("read", "awaited");
  }

  @Test
  void nobodyWaitsForEver() throws InterruptedException {
    lock.lock();
    lock.beginReading();
    Thread other = new Thread(() -> awaitReading(1));
    other.start();
    other.join();

    assertThat(opened).containsExactly("awaited");
  }

  /** A container may call from inside the read. */
  @Test
  void nobodyWaitsForItsOwnRead() {
    lock.lock();
    lock.beginReading();
    awaitReading(Long.MAX_VALUE);

    assertThat(opened).containsExactly("awaited");
  }

  private void awaitReading(long millis) {
    lock.lock();
    lock.awaitReading(millis);
    opened.add("awaited");
    lock.unlock();
  }
}

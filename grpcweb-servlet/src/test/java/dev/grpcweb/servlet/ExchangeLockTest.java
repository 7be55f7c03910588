// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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
}

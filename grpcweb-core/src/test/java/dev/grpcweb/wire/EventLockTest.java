// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventLockTest {
  private final EventLock lock = new EventLock();
  private final List<String> ran = new ArrayList<>();

  @Test
  void outsideTheLockAnEventRunsAtOnce() {
    lock.outside(() -> ran.add("event"));

    assertThat(ran).containsExactly("event");
  }

  @Test
  void insideTheLockEventsWaitInTheirOrder() {
    lock.lock();
    lock.outside(() -> ran.add("a"));
    lock.whenLeft(() -> ran.add("b"));
    assertThat(ran).isEmpty();

    lock.unlock();

    assertThat(ran).containsExactly("a", "b");
  }

  @Test
  void anEventWaitsUntilTheLockIsLeftAltogether() {
    lock.lock();
    lock.lock();
    lock.outside(() -> ran.add("event"));
    lock.unlock();
    assertThat(ran).isEmpty();

    lock.unlock();

    assertThat(ran).containsExactly("event");
  }

  @Test
  void anEventRunsOnce() {
    lock.lock();
    lock.outside(() -> ran.add("event"));
    lock.unlock();
    lock.lock();
    lock.unlock();

    assertThat(ran).containsExactly("event");
  }

  @Test
  void anEventMayTakeTheLockAndCauseAnother() {
    lock.lock();
    lock.outside(
        () -> {
          lock.lock();
          lock.outside(() -> ran.add("inner"));
          ran.add("outer");
          lock.unlock();
        });

    lock.unlock();

    assertThat(ran).containsExactly("outer", "inner");
  }

  @Test
  void whileAnEventRunsAnotherThreadMayTakeTheLock() throws Exception {
    lock.lock();
    lock.outside(
        () -> {
          Thread other =
              new Thread(
                  () -> {
                    lock.lock();
                    ran.add("other");
                    lock.unlock();
                  });
          other.start();
          try {
            other.join(10_000);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          ran.add("event");
        });

    lock.unlock();

    assertThat(ran).containsExactly("other", "event");
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Waits until no server has a thread: they are named after it. */
final class ServerThreadsGone {
  private static final String PREFIX = "grpcweb-";

  private ServerThreadsGone() {}

  static void await() {
    Patience.await().untilAsserted(() -> assertThat(running()).as("threads of servers").isEmpty());
  }

  /** Returns the names of the threads of all servers. */
  static List<String> running() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(PREFIX))
        .sorted()
        .toList();
  }
}

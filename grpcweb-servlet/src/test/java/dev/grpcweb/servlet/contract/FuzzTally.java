// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What came of the inputs. Thread-safe. */
final class FuzzTally {
  private static final int MOST_KEPT = 20;

  private final Map<String, LongAdder> outcomes = new ConcurrentHashMap<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  void count(String outcome) {
    outcomes.computeIfAbsent(outcome, unknown -> new LongAdder()).increment();
  }

  /** Notes an input that the server did not stand. */
  void failed(String what) {
    count("FAILED");
    if (failures.size() < MOST_KEPT) {
      failures.add(what);
    }
  }

  Queue<String> failures() {
    return failures;
  }

  /** Returns how often each outcome came. */
  Map<String, LongAdder> outcomes() {
    return new TreeMap<>(outcomes);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/**
 * What a client says, and its time: a pause is over as soon as what was sent is answered, or the
 * call is over. Safe for use by any thread.
 */
public final class Transcript implements Consumer<String>, Pacing {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<Duration> pauses = new CopyOnWriteArrayList<>();

  @Override
  public void accept(String line) {
    lines.add(line);
  }

  @Override
  public void pause(Duration time, CompletableFuture<?> over) {
    pauses.add(time);
    await(() -> over.isDone() || count("received ") >= count("sent "));
  }

  /** Returns when so many lines begin like this. */
  void await(String prefix, int count) {
    await(() -> count(prefix) >= count);
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().pollInterval(Duration.ofMillis(1)).atMost(PATIENCE).until(condition);
  }

  long count(String prefix) {
    return lines.stream().filter(line -> line.startsWith(prefix)).count();
  }

  public List<String> lines() {
    return lines;
  }

  /** How long the pauses would have been. */
  public List<Duration> pauses() {
    return pauses;
  }

  public String last() {
    return lines.get(lines.size() - 1);
  }
}

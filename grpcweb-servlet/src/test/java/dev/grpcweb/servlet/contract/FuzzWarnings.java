// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the library warns of meanwhile: nothing, since no client can be so wrong. Thread-safe. */
final class FuzzWarnings extends Handler implements AutoCloseable {
  private static final Logger LOGGER = Logger.getLogger("dev.grpcweb");
  private static final int MOST_KEPT = 20;

  private final Queue<String> seen = new ConcurrentLinkedQueue<>();

  FuzzWarnings() {
    LOGGER.addHandler(this);
  }

  Queue<String> seen() {
    return seen;
  }

  @Override
  public void publish(LogRecord warning) {
    if (warning.getLevel().intValue() >= Level.WARNING.intValue() && seen.size() < MOST_KEPT) {
      seen.add(warning.getLoggerName() + ": " + warning.getMessage() + " " + warning.getThrown());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    LOGGER.removeHandler(this);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * What the library warns of meanwhile: nothing, since no client can be so wrong. And what the
 * container does: it may, and says so why it answered as it did. Thread-safe.
 */
final class FuzzWarnings extends Handler implements AutoCloseable {
  private static final Logger LIBRARY = Logger.getLogger("dev.grpcweb");
  private static final Logger CONTAINER = Logger.getLogger("org.eclipse.jetty");
  private static final int MOST_KEPT = 20;
  private static final int MOST_RECENT = 5;

  private final Formatter formatter = new SimpleFormatter();
  private final Queue<String> seen = new ConcurrentLinkedQueue<>();

  /** The container's latest. Guarded by itself. */
  private final Deque<LogRecord> recent = new ArrayDeque<>();

  FuzzWarnings() {
    LIBRARY.addHandler(this);
    CONTAINER.addHandler(this);
  }

  Queue<String> seen() {
    return seen;
  }

  /** Returns the container's latest warnings with their causes, the last one last. */
  String ofContainer() {
    List<LogRecord> latest;
    synchronized (recent) {
      latest = List.copyOf(recent);
    }
    StringBuilder text = new StringBuilder();
    latest.forEach(warning -> text.append(formatter.format(warning)));
    return text.toString();
  }

  @Override
  public void publish(LogRecord warning) {
    if (warning.getLevel().intValue() < Level.WARNING.intValue()) {
      return;
    }
    String name = String.valueOf(warning.getLoggerName());
    if (name.startsWith(CONTAINER.getName())) {
      synchronized (recent) {
        recent.add(warning);
        if (recent.size() > MOST_RECENT) {
          recent.remove();
        }
      }
    } else if (seen.size() < MOST_KEPT) {
      seen.add(name + ": " + warning.getMessage() + " " + warning.getThrown());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    LIBRARY.removeHandler(this);
    CONTAINER.removeHandler(this);
  }
}

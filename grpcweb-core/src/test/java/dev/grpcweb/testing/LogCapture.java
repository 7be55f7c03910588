// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps what the library logs, from warnings on, instead of printing it. */
public final class LogCapture extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("dev.grpcweb");
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  public LogCapture() {
    logger.setUseParentHandlers(false);
    logger.addHandler(this);
  }

  /** Returns what was logged with this thrown. */
  public List<LogRecord> of(Throwable thrown) {
    return records.stream().filter(entry -> entry.getThrown() == thrown).toList();
  }

  /** Returns the texts of what was thrown, in order. */
  public List<String> thrownMessages() {
    return records.stream()
        .map(LogRecord::getThrown)
        .filter(Objects::nonNull)
        .map(thrown -> String.valueOf(thrown.getMessage()))
        .toList();
  }

  public List<String> messages() {
    return records.stream().map(LogRecord::getMessage).toList();
  }

  @Override
  public void publish(LogRecord entry) {
    if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
      records.add(entry);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}

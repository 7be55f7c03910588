// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Keeps what the library logs instead of printing it. */
public final class LogCapture extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("dev.grpcweb");
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  public LogCapture() {
    logger.setLevel(Level.FINE);
    logger.setUseParentHandlers(false);
    logger.addHandler(this);
  }

  /** Returns the warnings with this thrown. */
  public List<LogRecord> of(Throwable thrown) {
    return warnings().filter(entry -> entry.getThrown() == thrown).toList();
  }

  /** Returns what was logged below warnings with this thrown. */
  public List<LogRecord> detailsOf(Throwable thrown) {
    return records.stream()
        .filter(entry -> !isWarning(entry) && entry.getThrown() == thrown)
        .toList();
  }

  /** Returns the texts of what was thrown by warnings, in order. */
  public List<String> thrownMessages() {
    return warnings()
        .map(LogRecord::getThrown)
        .filter(Objects::nonNull)
        .map(thrown -> String.valueOf(thrown.getMessage()))
        .toList();
  }

  /** Returns the warnings, in order. */
  public List<String> messages() {
    return warnings().map(LogRecord::getMessage).toList();
  }

  private Stream<LogRecord> warnings() {
    return records.stream().filter(LogCapture::isWarning);
  }

  private static boolean isWarning(LogRecord entry) {
    return entry.getLevel().intValue() >= Level.WARNING.intValue();
  }

  @Override
  public void publish(LogRecord entry) {
    records.add(entry);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setLevel(null);
    logger.setUseParentHandlers(true);
  }
}

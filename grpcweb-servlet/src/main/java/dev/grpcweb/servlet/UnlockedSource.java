// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.io.IOException;

/**
 * A request body that is read without the exchange's lock, for the reason that {@link ExchangeLock}
 * gives. Called under the lock all the same, by a thread that holds no other.
 */
record UnlockedSource(RequestSource source, ExchangeLock lock) implements RequestSource {
  @Override
  public boolean isReady() {
    lock.beginReading();
    try {
      return source.isReady();
    } finally {
      lock.endReading();
    }
  }

  /** What is in the middle of a read has not ended. */
  @Override
  public boolean isFinished() {
    return !lock.isReading() && source.isFinished();
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    lock.beginReading();
    try {
      return source.read(buffer, offset, length);
    } finally {
      lock.endReading();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import dev.grpcweb.examples.chat.RealtimePushResponse;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A source of messages without an end, until it is stopped. */
final class Feed {
  private final CountDownLatch stopped = new CountDownLatch(1);

  boolean hasNext() {
    return stopped.getCount() > 0;
  }

  RealtimePushResponse next() {
    return RealtimePushResponse.newBuilder().setData("x".repeat(1000)).build();
  }

  void stop() {
    stopped.countDown();
  }

  boolean awaitStop() throws InterruptedException {
    return stopped.await(10, TimeUnit.SECONDS);
  }
}

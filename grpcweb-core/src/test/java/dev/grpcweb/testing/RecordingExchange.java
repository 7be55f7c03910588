// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A transport in memory. It takes what is flushed at once while it is {@link #open}, as a container
 * does whose client reads; else it queues.
 */
public final class RecordingExchange implements Exchange {
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final List<byte[]> queued = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private @Nullable ExchangeInput input;
  private @Nullable ResponseHead head;
  private boolean open = true;
  private boolean flushed;
  private boolean ending;
  private boolean aborted;
  private int reads;

  /** Connects the core's side and tells it that the exchange is open. */
  public RecordingExchange connect(ExchangeInput input) {
    this.input = input;
    input.opened();
    return this;
  }

  /** The client stops reading. */
  public synchronized void block() {
    open = false;
  }

  /** The client reads on. */
  public void unblock() {
    synchronized (this) {
      open = true;
    }
    take();
    input().writable();
  }

  /** The client is gone. */
  public void disconnect() {
    input().disconnected(new java.io.IOException("connection reset"));
  }

  /** The client sends. */
  public void receive(byte[] bytes) {
    input().received(bytes, 0, bytes.length);
  }

  /** The client sends its last bytes. */
  public void receiveLast(byte[] bytes) {
    receive(bytes);
    input().receivedEnd();
  }

  /** The client ends its request. */
  public void receiveEnd() {
    input().receivedEnd();
  }

  /** Waits until the response has ended and returns its body. */
  public byte[] awaitBody() throws InterruptedException {
    if (!ended.await(10, TimeUnit.SECONDS)) {
      throw new AssertionError("the response has not ended; so far " + events());
    }
    return body();
  }

  /** Returns what has left so far. */
  public synchronized byte[] body() {
    return body.toByteArray();
  }

  /** Returns what was called, in order: begin, write N, flush, end, abort, discard. */
  public synchronized List<String> events() {
    return List.copyOf(events);
  }

  /** Returns what the response began with. */
  public synchronized ResponseHead head() {
    if (head == null) {
      throw new AssertionError("the response has not begun");
    }
    return head;
  }

  /** Returns how often reading was asked for. */
  public synchronized int reads() {
    return reads;
  }

  public synchronized boolean isAborted() {
    return aborted;
  }

  @Override
  public synchronized void begin(ResponseHead responseHead) {
    if (head != null) {
      throw new AssertionError("began twice");
    }
    events.add("begin");
    head = responseHead;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    if (head == null || ending) {
      throw new AssertionError("write outside the response after " + events);
    }
    events.add("write " + length);
    byte[] copy = new byte[length];
    System.arraycopy(bytes, offset, copy, 0, length);
    queued.add(copy);
  }

  @Override
  public void flush() {
    synchronized (this) {
      events.add("flush");
      flushed = true;
    }
    take();
  }

  @Override
  public void end(Headers trailers) {
    synchronized (this) {
      events.add("end");
      ending = true;
      flushed = true;
    }
    take();
  }

  @Override
  public synchronized void abort() {
    events.add("abort");
    aborted = true;
  }

  @Override
  public synchronized void discardQueued() {
    events.add("discard");
    queued.clear();
  }

  @Override
  public synchronized boolean isWritable() {
    return open && queued.isEmpty();
  }

  @Override
  public synchronized long queuedBytes() {
    return queued.stream().mapToLong(bytes -> bytes.length).sum();
  }

  @Override
  public synchronized void resumeReading() {
    reads++;
  }

  private void take() {
    boolean completed;
    synchronized (this) {
      if (!open || !flushed) {
        return;
      }
      queued.forEach(body::writeBytes);
      queued.clear();
      completed = ending && ended.getCount() > 0;
    }
    if (completed) {
      input().completed();
      ended.countDown();
    }
  }

  private ExchangeInput input() {
    if (input == null) {
      throw new AssertionError("not connected");
    }
    return input;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A transport in memory. It takes what is flushed at once while it is {@link #open}, as a container
 * does whose client reads; else it queues. It reports events on the thread that causes them, also
 * from inside the call that does, and holds no lock then.
 */
public final class RecordingExchange implements Exchange {
  /** A pause that lasts from a flush to the next question. */
  private enum Pause {
    NONE,
    AHEAD,
    NOW
  }

  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final List<byte[]> queued = new ArrayList<>();
  private final List<byte[]> writes = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private @Nullable ExchangeInput input;
  private @Nullable ResponseHead head;
  private boolean open = true;
  private Pause pause = Pause.NONE;
  private boolean flushed;
  private boolean ending;
  private boolean told;
  private Headers trailers = new Headers();
  private boolean endsWithHead;
  private boolean aborted;
  private boolean gone;
  private @Nullable Thread lastWriter;
  private boolean writableOwed;
  private int reads;

  /** What the client has sent and the exchange was not asked for; empty is the end. */
  private final ArrayDeque<Optional<byte[]>> offered = new ArrayDeque<>();

  private boolean asked;
  private boolean delivering;
  private final List<String> faults = new ArrayList<>();

  /** Connects the core's side and tells it that the exchange is open. */
  public RecordingExchange connect(ExchangeInput input) {
    this.input = input;
    input.opened();
    return this;
  }

  /** From now on the transport is one that ends a response with its head. */
  public synchronized RecordingExchange endWithHead() {
    endsWithHead = true;
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
  }

  /** The client pauses when the exchange is flushed next, and reads on when it is asked next. */
  public synchronized void pauseInNextFlush() {
    pause = Pause.AHEAD;
  }

  /** The container says that it takes more, without a reason. */
  public void writableWithoutReason() {
    input().writable();
  }

  /** The client is gone. */
  public void disconnect() {
    if (close()) {
      input().disconnected(new IOException("connection reset"));
    }
  }

  private synchronized boolean close() {
    if (gone || told) {
      return false;
    }
    gone = true;
    queued.clear();
    offered.clear();
    return true;
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

  /** The client sends a chunk, which is delivered when it is asked for. */
  public void offer(byte[] bytes) {
    synchronized (this) {
      offered.add(Optional.of(bytes));
    }
    deliver();
  }

  /** The client ends its request, which is delivered when it is asked for. */
  public void offerEnd() {
    synchronized (this) {
      offered.add(Optional.empty());
    }
    deliver();
  }

  /** Returns how many offered chunks, the end included, were not delivered. */
  public synchronized int undelivered() {
    return offered.size();
  }

  /** Returns whether the response has ended and left. */
  public boolean isEnded() {
    return ended.getCount() == 0;
  }

  /** Returns what the core has done against the rules of {@link Exchange}. */
  public synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  /** Waits until the response has ended and returns its body. */
  public byte[] awaitBody() throws InterruptedException {
    if (!ended.await(Patience.SECONDS, TimeUnit.SECONDS)) {
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

  synchronized boolean hasBegun() {
    return head != null;
  }

  /** Returns what the response began with. */
  public synchronized ResponseHead head() {
    if (head == null) {
      throw new AssertionError("the response has not begun");
    }
    return head;
  }

  /** Returns the trailers of HTTP, when the response has ended. */
  public synchronized Headers trailers() {
    return trailers;
  }

  /** Returns what was written, write by write, the discarded ones included. */
  public synchronized List<byte[]> writes() {
    return List.copyOf(writes);
  }

  /** Returns which thread wrote last; null if none has. */
  public synchronized @Nullable Thread lastWriter() {
    return lastWriter;
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
    if (gone) {
      return;
    }
    if (head != null) {
      throw fault("began twice");
    }
    events.add("begin");
    head = responseHead;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    if (gone) {
      return;
    }
    if (head == null || ending) {
      throw fault("write outside the response after " + events);
    }
    lastWriter = Thread.currentThread();
    events.add("write " + length);
    byte[] copy = new byte[length];
    System.arraycopy(bytes, offset, copy, 0, length);
    queued.add(copy);
    writes.add(copy);
  }

  @Override
  public void flush() {
    synchronized (this) {
      if (gone) {
        return;
      }
      if (head == null) {
        throw fault("flush before the response");
      }
      events.add("flush");
      flushed = true;
    }
    take();
  }

  @Override
  public void end(Headers fields) {
    synchronized (this) {
      if (gone) {
        return;
      }
      if (head == null || ending) {
        throw fault("end outside the response after " + events);
      }
      if (head.hasTrailers() == fields.isEmpty()) {
        throw fault("trailers are announced: " + head.hasTrailers() + ", but come: " + fields);
      }
      trailers = fields;
      events.add("end");
      ending = true;
      flushed = true;
    }
    take();
  }

  @Override
  public synchronized void abort() {
    if (close()) {
      events.add("abort");
      aborted = true;
    }
  }

  @Override
  public synchronized void discardQueued() {
    events.add("discard");
    queued.clear();
  }

  @Override
  public synchronized boolean endsWithHead() {
    return endsWithHead;
  }

  @Override
  public synchronized boolean isWritable() {
    if (pause == Pause.NOW) {
      pause = Pause.NONE;
      queued.forEach(body::writeBytes);
      queued.clear();
    }
    boolean writable = open && queued.isEmpty() && !ending && !gone;
    writableOwed |= !writable;
    return writable;
  }

  @Override
  public synchronized long queuedBytes() {
    return queued.stream().mapToLong(bytes -> bytes.length).sum();
  }

  @Override
  public void resumeReading() {
    synchronized (this) {
      reads++;
      asked = true;
    }
    deliver();
  }

  /** One thread at a time delivers; one that asks from inside a delivery is served after it. */
  private void deliver() {
    while (true) {
      Optional<byte[]> next;
      synchronized (this) {
        if (delivering || !asked || gone || input == null || offered.isEmpty()) {
          return;
        }
        next = offered.remove();
        asked = false;
        delivering = true;
      }
      next.ifPresentOrElse(
          bytes -> input().received(bytes, 0, bytes.length), () -> input().receivedEnd());
      synchronized (this) {
        delivering = false;
      }
    }
  }

  private void take() {
    boolean completed;
    boolean writable;
    synchronized (this) {
      if (pause == Pause.AHEAD && !queued.isEmpty()) {
        pause = Pause.NOW;
      }
      if (!open || gone || pause == Pause.NOW) {
        return;
      }
      if (flushed) {
        queued.forEach(body::writeBytes);
        queued.clear();
      }
      completed = ending && !told;
      told |= ending;
      writable = writableOwed && !ending && queued.isEmpty();
      writableOwed &= !writable;
    }
    if (writable) {
      input().writable();
    }
    if (completed) {
      input().completed();
      ended.countDown();
    }
  }

  private AssertionError fault(String what) {
    faults.add(what);
    return new AssertionError(what);
  }

  private ExchangeInput input() {
    if (input == null) {
      throw new AssertionError("not connected");
    }
    return input;
  }
}

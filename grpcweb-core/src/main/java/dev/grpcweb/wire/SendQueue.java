// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What was sent and has not left: frames that gather in a {@link Burst}, and behind them what the
 * exchange has queued.
 *
 * <p>Every method is called with the writer's lock held.
 */
final class SendQueue {
  /** After so long without bytes the next message has no company to wait for. */
  static final long QUIET_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private final Exchange exchange;
  private final WireFormat format;
  private final long maxQueuedBytes;
  private final LongSupplier clock;
  private final Burst burst = new Burst();

  /** Whether the exchange has bytes, or the head, that it was not told to send. */
  private boolean unflushed;

  /** When bytes were last passed on. */
  private long lastPassed;

  SendQueue(Exchange exchange, WireFormat format, long maxQueuedBytes, LongSupplier clock) {
    this.exchange = exchange;
    this.format = format;
    this.maxQueuedBytes = maxQueuedBytes;
    this.clock = clock;
    this.lastPassed = clock.getAsLong() - QUIET_NANOS;
  }

  /** Begins a response that has a body, be it empty. */
  void begin(Headers own) {
    begin(own, format.hasHttpTrailers());
  }

  /** Begins a response that has a status in its head and nothing else. */
  void beginLast(Headers own) {
    begin(own, false);
  }

  private void begin(Headers own, boolean hasTrailers) {
    Headers all = new Headers().add("content-type", format.contentType());
    own.forEach(all::add);
    exchange.begin(new ResponseHead(200, all, hasTrailers));
    unflushed = true;
  }

  /** Returns whether nothing needs to follow {@link #beginLast}. */
  boolean endsWithHead() {
    return exchange.endsWithHead();
  }

  /** Returns how many bytes wait, gathered or in the exchange. */
  long size() {
    return burst.size() + exchange.queuedBytes();
  }

  /** Returns whether a frame does not fit. One is taken whatever its size, or it never could be. */
  boolean isFull(int need) {
    long queued = size();
    return queued > 0 && queued + need > maxQueuedBytes;
  }

  /** Forgets everything, and returns what to throw at who sent one frame too many. */
  StatusRuntimeException overflow(int need) {
    long queued = size();
    discard();
    return Status.RESOURCE_EXHAUSTED
        .withDescription(
            "Response queue is full: limit "
                + maxQueuedBytes
                + " bytes, queued "
                + queued
                + ", next frame "
                + need)
        .asRuntimeException();
  }

  /** Lets the sender's thread write a frame, from {@link #end} of the returned array. */
  byte[] claim(int need) {
    if (!burst.hasRoom(need)) {
      passOn();
      burst.renew(need, isQuiet());
    }
    return burst.claim();
  }

  int end() {
    return burst.end();
  }

  /** The claimed frame is written. */
  void commit(int need) {
    burst.commit(need);
  }

  /** The claimed frame is forgotten. */
  void release() {
    burst.release();
  }

  boolean isGathering() {
    return burst.size() > 0;
  }

  /** Returns whether nothing is to be gained from gathering more. */
  boolean isDue(boolean writable) {
    return burst.size() >= Burst.FULL || (writable && isQuiet());
  }

  boolean isWritable() {
    return exchange.isWritable();
  }

  /** Returns for how long no bytes were passed on. */
  long quietNanos() {
    return clock.getAsLong() - lastPassed;
  }

  private boolean isQuiet() {
    return quietNanos() >= QUIET_NANOS;
  }

  /** Sends what is gathered. */
  void flush() {
    passOn();
    flushPassed();
    burst.rest();
  }

  /** Sends what was passed on without a flush, as a full array is. */
  void flushPassed() {
    if (unflushed) {
      unflushed = false;
      exchange.flush();
    }
  }

  /** Sends what means nothing. */
  void idle() {
    byte[] idle = format.idleBytes();
    exchange.write(idle, 0, idle.length);
    exchange.flush();
    lastPassed = clock.getAsLong();
  }

  /**
   * Passes on what is gathered, with the trailers behind it if they are a frame.
   *
   * @return the trailers that remain for {@link #close}
   */
  Headers passOnLast(Headers trailers) {
    if (format.hasHttpTrailers()) {
      passOn();
      return trailers;
    }
    burst.append(TrailerBlock.frame(trailers), this::passOn);
    passOn();
    return new Headers();
  }

  /** Tells the exchange that nothing but these fields follows. */
  void close(Headers trailers) {
    exchange.end(trailers);
  }

  /** Forgets what the client is too slow to take; one that takes everything gets everything. */
  void discardUntaken() {
    if (exchange.queuedBytes() > 0) {
      discard();
    }
  }

  /** Frames go as a whole, and with each all that follow it. */
  private void discard() {
    exchange.discardQueued();
    burst.drop();
  }

  /** Holds nothing any more. */
  void clear() {
    burst.clear();
  }

  private void passOn() {
    if (burst.passOn(format, exchange)) {
      unflushed = true;
      lastPassed = clock.getAsLong();
    }
  }
}

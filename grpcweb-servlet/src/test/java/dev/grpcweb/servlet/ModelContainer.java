// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A response as three containers are known to treat it, each with its traps. */
final class ModelContainer implements ResponseSink {
  /** Whose habits it has. */
  enum Personality {
    /**
     * Every operation needs an answer of its own; a write keeps the caller's array until it is
     * done; to complete before that truncates.
     */
    JETTY,
    /**
     * Copies, and stops being ready between two questions for no visible reason; completes by a
     * write that waits for the client.
     */
    TOMCAT,
    /** Calls without a reason, and forgets a flush while a frame is in flight. */
    UNDERTOW
  }

  private final Personality personality;
  private final ByteArrayOutputStream client = new ByteArrayOutputStream();
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private final List<String> faults = new ArrayList<>();
  private final List<String> operations = new ArrayList<>();

  /** The array of a write that is not done, and what was in it. */
  private byte @Nullable [] kept;

  private byte[] keptBytes = new byte[0];
  private int keptOffset;

  /** Whether an operation is not done. */
  private boolean pending;

  /** Whether a question was answered by yes and nothing was done since. */
  private boolean allowed;

  /** Whether a callback is owed; the first one is. */
  private boolean owed = true;

  private int questions;
  private int completions;

  ModelContainer(Personality personality) {
    this.personality = personality;
  }

  @Override
  public synchronized boolean isReady() {
    questions++;
    boolean moody = personality == Personality.TOMCAT && questions % 3 == 0;
    if (pending || moody) {
      owed = true;
      allowed = false;
      return false;
    }
    allowed = true;
    return true;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    use("write");
    if (personality == Personality.JETTY) {
      kept = bytes;
      keptOffset = offset;
      keptBytes = Arrays.copyOfRange(bytes, offset, offset + length);
      pending = true;
    } else if (personality == Personality.UNDERTOW) {
      // A buffer of one byte, which ServletSink sees to: nothing stays in it.
      client.write(bytes, offset, length);
      pending = operations.size() % 2 == 0;
    } else {
      buffer.write(bytes, offset, length);
    }
  }

  @Override
  public synchronized void flush() {
    use("flush");
    send();
    pending = personality == Personality.JETTY && operations.size() % 2 == 0;
  }

  @Override
  public synchronized void endBody() {
    flush();
  }

  @Override
  public boolean completionBlocks() {
    return personality == Personality.TOMCAT;
  }

  @Override
  public synchronized void complete() {
    use("complete");
    if (completionBlocks() && buffer.size() > 0) {
      faults.add("complete before what was written was flushed");
    }
    completions++;
    send();
  }

  @Override
  public synchronized void failed(Exception cause) {
    faults.add("failed");
  }

  private void use(String operation) {
    operations.add(operation);
    if (!allowed) {
      faults.add(operation + " without isReady() == true");
    }
    if (pending) {
      faults.add(operation + " while another is pending");
    }
    if (completions > 0) {
      faults.add(operation + " after complete");
    }
    allowed = false;
  }

  private void send() {
    client.writeBytes(buffer.toByteArray());
    buffer.reset();
  }

  /** The container's thread goes on: finishes what is pending and calls if it owes a call. */
  void run(ExchangeLock lock, ResponsePump pump) {
    boolean call;
    synchronized (this) {
      if (kept != null) {
        byte[] now = Arrays.copyOfRange(kept, keptOffset, keptOffset + keptBytes.length);
        if (!Arrays.equals(now, keptBytes)) {
          faults.add("an array was used again");
        }
        buffer.writeBytes(keptBytes);
        kept = null;
      }
      pending = false;
      call = owed || personality == Personality.UNDERTOW;
      owed = false;
    }
    if (call) {
      lock.lock();
      try {
        pump.onWritePossible();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Runs until no callback is owed. */
  void runUntilIdle(ExchangeLock lock, ResponsePump pump) {
    for (int i = 0; i < 1000; i++) {
      synchronized (this) {
        if (!owed) {
          return;
        }
      }
      run(lock, pump);
    }
    throw new AssertionError("a callback is owed for ever");
  }

  /** Returns what the client has got. */
  synchronized byte[] client() {
    return client.toByteArray();
  }

  synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  synchronized List<String> operations() {
    return List.copyOf(operations);
  }

  synchronized int completions() {
    return completions;
  }
}

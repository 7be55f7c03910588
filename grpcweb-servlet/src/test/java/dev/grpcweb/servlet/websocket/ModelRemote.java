// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A container's session that a test drives: completes sends in the way of its personality. */
final class ModelRemote implements SocketRemote {
  /** When a send is over. */
  enum Personality {
    /** Before it returns. */
    AT_ONCE,
    /** When {@link #complete} is called. */
    LATER,
    /** In turns of one and the other. */
    BOTH,
    /** As LATER, but the second one fails. */
    FAILS
  }

  private final Personality personality;
  private final List<String> done = new ArrayList<>();
  private final Deque<Consumer<@Nullable Throwable>> pending = new ArrayDeque<>();
  private int sends;
  private int busy;
  private boolean misused;

  ModelRemote(Personality personality) {
    this.personality = personality;
  }

  @Override
  public void send(byte[] bytes, int offset, int length, Consumer<@Nullable Throwable> ended) {
    begin();
    boolean now;
    synchronized (this) {
      sends++;
      done.add("send " + bytes[offset]);
      now =
          personality == Personality.AT_ONCE || (personality == Personality.BOTH && sends % 2 == 0);
      if (!now) {
        pending.add(ended);
      }
    }
    if (now) {
      end();
      ended.accept(null);
    }
  }

  /** Completes the send that is on its way, if there is one. */
  void complete() {
    Consumer<@Nullable Throwable> next;
    boolean fails;
    synchronized (this) {
      next = pending.poll();
      fails = personality == Personality.FAILS && sends == 2;
    }
    if (next != null) {
      end();
      next.accept(fails ? new IOException("part of the test") : null);
    }
  }

  @Override
  public void ping() {
    begin();
    note("ping");
    end();
  }

  @Override
  public void close(int code, String reason) {
    begin();
    note("close " + code);
    end();
  }

  @Override
  public void abort() {
    note("abort");
  }

  private synchronized void begin() {
    busy++;
    misused |= busy > 1;
  }

  private synchronized void end() {
    busy--;
  }

  private synchronized void note(String what) {
    done.add(what);
  }

  /** Returns whether two things were asked of it at once. */
  synchronized boolean isMisused() {
    return misused;
  }

  /** Returns what it was asked for. */
  synchronized List<String> done() {
    return new ArrayList<>(done);
  }

  synchronized boolean isIdle() {
    return pending.isEmpty();
  }
}

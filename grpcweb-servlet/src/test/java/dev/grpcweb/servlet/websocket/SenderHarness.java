// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

import java.util.ArrayDeque;
import java.util.Deque;

/** A sender between a model of a container and whoever uses it. */
final class SenderHarness implements MessageSender.Events {
  final ModelRemote remote;
  final MessageSender sender;
  private final Deque<Runnable> blocking = new ArrayDeque<>();
  private int writables;
  private int failures;
  private int closings;

  SenderHarness(ModelRemote.Personality personality) {
    remote = new ModelRemote(personality);
    sender = new MessageSender(remote, this::enqueue, this);
  }

  void send(int value) {
    sender.send(new byte[] {(byte) value}, 0, 1);
  }

  private void enqueue(Runnable task) {
    synchronized (blocking) {
      blocking.add(task);
    }
  }

  /** Runs what may block, if there is something. */
  boolean runBlocking() {
    Runnable task;
    synchronized (blocking) {
      task = blocking.poll();
    }
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  void runUntilIdle() {
    while (runBlocking() || !remote.isIdle()) {
      remote.complete();
    }
  }

  @Override
  public synchronized void writable() {
    writables++;
  }

  @Override
  public synchronized void closing() {
    closings++;
  }

  @Override
  public void failed(Throwable cause) {
    synchronized (this) {
      failures++;
    }
    boolean unused = sender.end();
  }

  synchronized int writables() {
    return writables;
  }

  synchronized int failures() {
    return failures;
  }

  synchronized int closings() {
    return closings;
  }
}

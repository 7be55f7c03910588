// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.ExchangeInput;

/**
 * The request of one call on a socket: keeps within its credit what the call has not asked for, and
 * gives credit back as the call takes bytes.
 *
 * <p>Thread-safe; {@link #count} and {@link #countEnd} are called with the connection's lock held,
 * the others without.
 */
final class MuxRequest {
  private enum Stage {
    /** More may come. */
    OPEN,
    /** The client has said that no more comes. */
    HALF_CLOSED,
    /** The call takes no more. */
    CLOSED
  }

  /** What a client may send before the call takes it. */
  static final int WINDOW = MuxSettings.DEFAULTS.callCredit();

  private final int id;
  private final EventLock lock;
  private final MuxSender sender;
  private final RequestBuffer buffer = new RequestBuffer(this::taken);

  /** Guarded by the lock. */
  private Stage stage = Stage.OPEN;

  /** The client's credit. Guarded by the lock. */
  private int credit = WINDOW;

  /** What the call has taken, and the client has no credit for. Guarded by the lock. */
  private int taken;

  MuxRequest(int id, EventLock lock, MuxSender sender) {
    this.id = id;
    this.lock = lock;
    this.sender = sender;
  }

  /** Called once, before anything else. */
  void bind(ExchangeInput call) {
    buffer.bind(call);
  }

  /**
   * Uses up credit, before {@link #add}.
   *
   * @throws SocketFault if the client may not send this
   */
  void count(int length) {
    if (stage == Stage.HALF_CLOSED) {
      throw SocketFault.protocol("expected no DATA after HALF_CLOSE for call " + id);
    }
    if (length > credit) {
      throw SocketFault.protocol(
          "expected at most " + credit + " bytes of DATA for call " + id + ", got " + length);
    }
    credit -= length;
  }

  /**
   * Notes the end, before {@link #end}.
   *
   * @throws SocketFault if it has come before
   */
  void countEnd() {
    if (stage == Stage.HALF_CLOSED) {
      throw SocketFault.protocol("expected one HALF_CLOSE for call " + id + ", got another");
    }
    stage = Stage.HALF_CLOSED;
  }

  /** Called from a container thread. The array belongs to the request from now on. */
  void add(byte[] bytes, int offset, int length) {
    buffer.add(bytes, offset, length);
  }

  /** Called from a container thread: everything has come. */
  void end() {
    buffer.end();
  }

  /** Called from any thread: the call wants one more chunk, or the end. */
  void ask() {
    buffer.ask();
  }

  /** Called with the lock held: forgets everything, and takes nothing more. */
  void close() {
    stage = Stage.CLOSED;
    buffer.close();
  }

  /** Called from the thread that has the call take bytes. */
  private void taken(int length) {
    lock.lock();
    try {
      taken += length;
      if (taken >= WINDOW / 2 && stage == Stage.OPEN) {
        credit += taken;
        sender.control(MuxWriter.credit(id, taken));
        taken = 0;
      }
    } finally {
      lock.unlock();
    }
  }
}

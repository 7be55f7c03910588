// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** A pump between an application that writes and a container of some personality. */
final class ResponsePumpHarness {
  final ExchangeLock lock = new ExchangeLock();
  final ExchangeEvents events = new ExchangeEvents(lock);
  final RecordingInput input = new RecordingInput();
  final ModelContainer container;
  final ResponsePump pump;
  private final Rest rest;
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private boolean ended;

  ResponsePumpHarness(ModelContainer.Personality personality, boolean requestRead) {
    container = new ModelContainer(personality);
    rest = new Rest(requestRead);
    pump = new ResponsePump(container, events, rest);
    lock.teller(events::tell);
    locked(
        p -> {
          events.bind(input);
          p.start();
        });
  }

  private static final class Rest implements RequestRest {
    private boolean read;
    private boolean first;
    private boolean discarding;

    Rest(boolean read) {
      this.read = read;
    }

    @Override
    public boolean isRead() {
      return read;
    }

    @Override
    public boolean comesFirst() {
      return first;
    }

    @Override
    public void discard() {
      discarding = true;
    }
  }

  void locked(Consumer<ResponsePump> action) {
    lock.lock();
    try {
      action.accept(pump);
    } finally {
      lock.unlock();
    }
  }

  /** The application sends these bytes at once, without a flush. */
  void write(byte... bytes) {
    locked(
        p -> {
          if (!ended) {
            sent.writeBytes(bytes);
          }
          p.write(bytes.clone(), 0, bytes.length);
        });
  }

  void flush() {
    locked(ResponsePump::flush);
  }

  void send(byte... bytes) {
    write(bytes);
    flush();
  }

  void end() {
    locked(
        p -> {
          ended = true;
          p.end();
        });
  }

  /** The container wants the rest of the request to be read before the response begins. */
  void wantRestFirst() {
    locked(p -> rest.first = true);
  }

  /** The rest of the request has arrived. */
  void readRequest() {
    locked(
        p -> {
          rest.read = true;
          if (rest.discarding) {
            p.release();
          }
        });
  }

  void run() {
    container.run(lock, pump);
  }

  void runUntilIdle() {
    container.runUntilIdle(lock, pump);
  }

  byte[] sent() {
    return sent.toByteArray();
  }
}

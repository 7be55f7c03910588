// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.transport.ExchangeInput;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Writes down what the core is told. */
class RecordingInput implements ExchangeInput {
  private final List<String> events = new ArrayList<>();

  synchronized List<String> events() {
    return List.copyOf(events);
  }

  private synchronized void add(String event) {
    events.add(event);
  }

  @Override
  public void opened() {
    add("opened");
  }

  @Override
  public void received(byte[] bytes, int offset, int length) {
    add("received " + HexFormat.of().formatHex(bytes, offset, offset + length));
  }

  @Override
  public void receivedEnd() {
    add("end");
  }

  @Override
  public void writable() {
    add("writable");
  }

  @Override
  public void completed() {
    add("completed");
  }

  @Override
  public void disconnected(Throwable cause) {
    add("disconnected " + cause.getMessage());
  }
}

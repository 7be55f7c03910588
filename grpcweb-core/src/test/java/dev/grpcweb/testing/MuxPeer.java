// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import dev.grpcweb.transport.WebSocket;
import dev.grpcweb.transport.WebSocketInput;
import io.grpc.Attributes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A client of {@code grpcweb.mux.v1} at full speed: one thread takes what the server sends, message
 * by message, another one sends, as a container has it. Gives credit as it takes, but for calls
 * that it does not read.
 */
public final class MuxPeer implements WebSocket {
  private static final int SOCKET_WINDOW = 1 << 20;

  private final ExecutorService taker = Executors.newSingleThreadExecutor();
  private final ExecutorService sender = Executors.newSingleThreadExecutor();
  private final Set<Integer> stalled = ConcurrentHashMap.newKeySet();
  private final int window;
  private final WebSocketInput input;

  /** What the server has sent and was not taken. Guarded by this. */
  private final ArrayDeque<byte[]> queued = new ArrayDeque<>();

  /** Bytes of DATA that came for each call. Guarded by this. */
  private final Map<Integer, Long> received = new TreeMap<>();

  /** Credit that was given for each call. Guarded by this. */
  private final Map<Integer, Long> given = new TreeMap<>();

  /** The last message of each call that has ended. Guarded by this. */
  private final Map<Integer, MuxMessage> ends = new TreeMap<>();

  /** What the server has done against the rules. Guarded by this. */
  private final List<String> faults = new ArrayList<>();

  /** Guarded by this. */
  private boolean over;

  public MuxPeer(GrpcWebServer server, int window) {
    this.window = window;
    RequestHead handshake =
        new RequestHead("", new Headers(), "example.org:8080", false, Attributes.EMPTY);
    this.input = server.open(handshake, "grpcweb.mux.v1", this);
    sender.execute(input::opened);
    send(MuxMessage.settings(window, SOCKET_WINDOW));
  }

  /** The call is not read from now on. */
  public void stall(int call) {
    stalled.add(call);
  }

  /** The call is read again. */
  public void read(int call) {
    stalled.remove(call);
    long count;
    synchronized (this) {
      count = received.getOrDefault(call, 0L) - given.getOrDefault(call, 0L);
      given.merge(call, count, Long::sum);
    }
    if (count > 0) {
      send(MuxMessage.credit(call, (int) count));
    }
  }

  /** Sends a message, behind those before. */
  public void send(MuxMessage message) {
    byte[] bytes = message.bytes();
    sender.execute(() -> input.received(bytes, 0, bytes.length, true));
  }

  /** Returns how many bytes of DATA came for a call. */
  public synchronized long received(int call) {
    return received.getOrDefault(call, 0L);
  }

  /** Returns the TRAILERS or RESET of each call. */
  public synchronized Map<Integer, MuxMessage> ends() {
    return new TreeMap<>(ends);
  }

  public synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  /** The connection breaks. */
  public void disconnect() {
    synchronized (this) {
      over = true;
      queued.clear();
    }
    sender.execute(() -> input.closed(new IOException("connection reset")));
    sender.shutdown();
    taker.shutdown();
  }

  /** Waits for the end of the threads. */
  public boolean awaitEnd() throws InterruptedException {
    return sender.awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)
        && taker.awaitTermination(Patience.SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public synchronized void send(byte[] bytes, int offset, int length) {
    if (!over) {
      queued.add(Arrays.copyOfRange(bytes, offset, offset + length));
      if (queued.size() == 1) {
        taker.execute(this::takeOne);
      }
    }
  }

  private void takeOne() {
    byte[] message;
    synchronized (this) {
      message = queued.peek();
    }
    if (message == null) {
      return;
    }
    take(MuxMessage.parse(message));
    boolean writable;
    synchronized (this) {
      queued.poll();
      writable = queued.isEmpty() && !over;
      if (!queued.isEmpty()) {
        taker.execute(this::takeOne);
      }
    }
    if (writable) {
      input.writable();
    }
  }

  private void take(MuxMessage message) {
    switch (message.type()) {
      case DATA -> data(message);
      case TRAILERS, RESET -> {
        synchronized (this) {
          if (ends.put(message.call(), message) != null) {
            faults.add("ended twice: " + message);
          }
        }
      }
      case SETTINGS, HEADERS, CREDIT, PONG, GOAWAY -> {}
      case HALF_CLOSE, PING -> throw new AssertionError(message);
    }
  }

  private void data(MuxMessage message) {
    int call = message.call();
    int length = message.body().length;
    boolean isRead = !stalled.contains(call);
    synchronized (this) {
      long all = received.merge(call, (long) length, Long::sum);
      if (all > window + given.getOrDefault(call, 0L) || length > 16 * 1024) {
        faults.add("too much: " + message);
      }
      if (ends.containsKey(call)) {
        faults.add("after the end: " + message);
      }
      if (isRead) {
        given.merge(call, (long) length, Long::sum);
      }
    }
    if (isRead) {
      post(MuxMessage.credit(call, length));
    }
    post(MuxMessage.credit(0, length));
  }

  private synchronized void post(MuxMessage message) {
    if (!over) {
      send(message);
    }
  }

  @Override
  public void ping() {
    throw new AssertionError("a ping before its time");
  }

  @Override
  public synchronized void close(int code, String reason) {
    if (!over && code != 1001) {
      faults.add("closed: " + code + " " + reason);
    }
  }

  @Override
  public synchronized void abort() {
    faults.add("aborted");
  }

  @Override
  public synchronized boolean isWritable() {
    return queued.isEmpty() && !over;
  }

  @Override
  public synchronized long queuedBytes() {
    return queued.stream().mapToLong(message -> message.length).sum();
  }
}

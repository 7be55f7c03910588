// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes tracers that write down what they are told, of all calls in one list. */
public final class TracerLog extends ServerStreamTracer.Factory {
  /** Set in the context of each call, to the name of its method. */
  public static final Context.Key<String> TRACED = Context.key("traced");

  private final List<String> events = new ArrayList<>();

  public synchronized List<String> events() {
    return List.copyOf(events);
  }

  /** Waits for the end of a call. */
  public synchronized List<String> awaitClosed() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Patience.SECONDS);
    while (events.stream().noneMatch(event -> event.startsWith("closed "))) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError("the call was not closed: " + events);
      }
      wait(left);
    }
    return List.copyOf(events);
  }

  private synchronized void add(String event) {
    events.add(event);
    notifyAll();
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    add("new " + fullMethodName);
    return new Tracer(fullMethodName);
  }

  private final class Tracer extends ServerStreamTracer {
    private final String method;

    Tracer(String method) {
      this.method = method;
    }

    @Override
    public Context filterContext(Context context) {
      add("filterContext");
      return context.withValue(TRACED, method);
    }

    @Override
    public void serverCallStarted(ServerCallInfo<?, ?> info) {
      add(
          String.join(
              " ",
              "started",
              info.getMethodDescriptor().getFullMethodName(),
              "at",
              info.getAuthority(),
              "in the context of",
              String.valueOf(TRACED.get())));
    }

    @Override
    public void inboundMessage(int number) {
      add("inbound " + number);
    }

    @Override
    public void inboundMessageRead(int number, long wireSize, long size) {
      add("inboundRead " + number + " " + wireSize + " " + size);
    }

    @Override
    public void inboundWireSize(long bytes) {
      add("inboundWire " + bytes);
    }

    @Override
    public void inboundUncompressedSize(long bytes) {
      add("inboundSize " + bytes);
    }

    @Override
    public void outboundMessage(int number) {
      add("outbound " + number);
    }

    @Override
    public void outboundMessageSent(int number, long wireSize, long size) {
      add("outboundSent " + number + " " + wireSize + " " + size);
    }

    @Override
    public void outboundWireSize(long bytes) {
      add("outboundWire " + bytes);
    }

    @Override
    public void outboundUncompressedSize(long bytes) {
      add("outboundSize " + bytes);
    }

    @Override
    public void streamClosed(Status status) {
      add("closed " + status.getCode());
    }
  }
}

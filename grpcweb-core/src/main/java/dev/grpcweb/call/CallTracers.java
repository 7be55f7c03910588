// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static java.util.Objects.requireNonNull;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerStreamTracer.ServerCallInfo;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The tracers of one call, each of which hears of every event in the order in which the tracers
 * were added. One that throws is logged; the call goes on, as do the other tracers.
 *
 * <p>Requests are told when the service takes them, so that all of them follow the start of the
 * call. Sizes are those of messages, without the prefix of a frame and before base64.
 *
 * <p>Inbound events come from the executor, outbound ones from the sender, the others from any
 * thread.
 */
public final class CallTracers {
  /** What calls share whose server has no tracers. */
  static final CallTracers NONE = new CallTracers(List.of());

  private static final Logger logger = System.getLogger(CallTracers.class.getName());
  private static final long UNKNOWN_SIZE = -1;

  private final List<ServerStreamTracer> tracers;

  /** How many messages the service has taken. Touched on the executor only. */
  private int inbound;

  /** How many messages the service has sent. Touched by the sender's thread only. */
  private int outbound;

  private CallTracers(List<ServerStreamTracer> tracers) {
    this.tracers = tracers;
  }

  /** Asks each factory for its tracer of a call, whether the method exists or not. */
  static CallTracers of(
      List<ServerStreamTracer.Factory> factories, String fullMethodName, Metadata headers) {
    if (factories.isEmpty()) {
      return NONE;
    }
    List<ServerStreamTracer> tracers = new ArrayList<>(factories.size());
    for (ServerStreamTracer.Factory factory : factories) {
      try {
        tracers.add(
            requireNonNull(factory.newServerStreamTracer(fullMethodName, headers), "tracer"));
      } catch (RuntimeException e) {
        logger.log(Level.WARNING, "a tracer factory failed; the call goes on without it", e);
      }
    }
    return new CallTracers(tracers);
  }

  /** Returns what the tracers make of the context that the call's own will inherit from. */
  Context filterContext(Context root) {
    Context context = root;
    for (ServerStreamTracer tracer : tracers) {
      try {
        context = requireNonNull(tracer.filterContext(context), "context");
      } catch (RuntimeException e) {
        failed(e);
      }
    }
    return context;
  }

  /** The method is known. */
  void callStarted(ServerCallInfo<?, ?> info) {
    tell(tracer -> tracer.serverCallStarted(info));
  }

  /** Called on the executor, before the service gets the next message. */
  public void inboundMessage(int wireSize, boolean compressed) {
    if (tracers.isEmpty()) {
      return;
    }
    int number = inbound++;
    tell(tracer -> tracer.inboundMessage(number));
    if (wireSize > 0) {
      tell(tracer -> tracer.inboundWireSize(wireSize));
    }
    long size = compressed ? UNKNOWN_SIZE : wireSize;
    tell(tracer -> tracer.inboundMessageRead(number, wireSize, size));
    if (!compressed) {
      tell(tracer -> tracer.inboundUncompressedSize(wireSize));
    }
  }

  /** Called on the executor, when the message turned out to be so large. */
  public void inboundInflated(int size) {
    if (!tracers.isEmpty()) {
      tell(tracer -> tracer.inboundUncompressedSize(size));
    }
  }

  /** Called from the sender's thread, before the next message is written. */
  public void outboundMessage() {
    if (!tracers.isEmpty()) {
      int number = outbound++;
      tell(tracer -> tracer.outboundMessage(number));
    }
  }

  /** Called from the sender's thread, when that message was written. */
  public void outboundMessageSent(int wireSize, int size) {
    if (!tracers.isEmpty()) {
      int number = outbound - 1;
      tell(tracer -> tracer.outboundUncompressedSize(size));
      tell(tracer -> tracer.outboundWireSize(wireSize));
      tell(tracer -> tracer.outboundMessageSent(number, wireSize, size));
    }
  }

  /** Called once, from any thread: the call has ended so. */
  void closed(Status status) {
    tell(tracer -> tracer.streamClosed(status));
  }

  private void tell(Consumer<ServerStreamTracer> event) {
    for (ServerStreamTracer tracer : tracers) {
      try {
        event.accept(tracer);
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  private static void failed(RuntimeException e) {
    logger.log(Level.WARNING, "a tracer failed; the call goes on", e);
  }
}

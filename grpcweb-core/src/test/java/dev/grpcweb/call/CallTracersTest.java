// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.grpcweb.testing.LogCapture;
import dev.grpcweb.testing.Texts;
import dev.grpcweb.testing.TracerLog;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CallTracersTest {
  private static final MethodDescriptor<String, String> METHOD =
      Texts.method("Method", MethodType.UNARY);
  private static final Attributes.Key<String> COLOUR = Attributes.Key.create("colour");

  private final LogCapture logged = new LogCapture();
  private final TracerLog log = new TracerLog();
  private final Metadata headers = new Metadata();

  @AfterEach
  void stopLogging() {
    logged.close();
  }

  @Test
  void withoutFactoriesAllCallsShareOne() {
    assertThat(CallTracers.of(List.of(), "a.B/C", headers)).isSameAs(CallTracers.NONE);
    assertThat(CallTracers.NONE.filterContext(Context.ROOT)).isSameAs(Context.ROOT);
  }

  @Test
  void withoutTracersAMessageAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    tellNobody(); // and load what there is to load
    long before = threads.getCurrentThreadAllocatedBytes();

    for (int i = 0; i < 1000; i++) {
      tellNobody();
    }

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
  }

  private static void tellNobody() {
    CallTracers.NONE.inboundMessage(3, true);
    CallTracers.NONE.inboundInflated(3);
    CallTracers.NONE.outboundMessage();
    CallTracers.NONE.outboundMessageSent(3, 3);
  }

  @Test
  void eachFactoryIsToldOfTheCallAndItsHeaders() {
    List<Metadata> seen = new ArrayList<>();

    CallTracers.of(
        List.of(
            log,
            new ServerStreamTracer.Factory() {
              @Override
              public ServerStreamTracer newServerStreamTracer(String method, Metadata metadata) {
                seen.add(metadata);
                return new ServerStreamTracer() {};
              }
            }),
        "a.B/C",
        headers);

    assertThat(log.events()).containsExactly("new a.B/C");
    assertThat(seen).hasSize(1).first().isSameAs(headers);
  }

  @Test
  void everyTracerHearsOfAnEventBeforeTheNextOne() {
    CallTracers both = CallTracers.of(List.of(log, log), "a.B/C", headers);

    both.inboundMessage(3, false);

    assertThat(log.events())
        .containsExactly(
            "new a.B/C",
            "new a.B/C",
            "inbound 0",
            "inbound 0",
            "inboundWire 3",
            "inboundWire 3",
            "inboundRead 0 3 3",
            "inboundRead 0 3 3",
            "inboundSize 3",
            "inboundSize 3");
  }

  @Test
  void aContextGoesFromTracerToTracer() {
    Context.Key<String> key = Context.key("key");
    CallTracers both =
        CallTracers.of(List.of(appending(key, "a"), appending(key, "b")), "", headers);

    assertThat(key.get(both.filterContext(Context.ROOT))).isEqualTo("nullab");
  }

  @Test
  void theStartTellsMethodAttributesAndAuthority() {
    List<Object> told = new ArrayList<>();
    CallTracers tracers =
        of(
            new ServerStreamTracer() {
              @Override
              public void serverCallStarted(ServerCallInfo<?, ?> info) {
                told.add(info.getMethodDescriptor());
                told.add(String.valueOf(info.getAttributes().get(COLOUR)));
                told.add(String.valueOf(info.getAuthority()));
              }
            });
    Attributes attributes = Attributes.newBuilder().set(COLOUR, "red").build();
    CallHead head = new CallHead("", headers, 1, Set.of(), "a:1", false, attributes, null);

    tracers.callStarted(new CallInfo<>(METHOD, head));

    assertThat(told).containsExactly(METHOD, "red", "a:1");
  }

  @Test
  void messagesAreNumberedEachWay() {
    CallTracers tracers = CallTracers.of(List.of(log), "a.B/C", headers);

    tracers.inboundMessage(0, false);
    tracers.outboundMessage();
    tracers.outboundMessageSent(7, 9);
    tracers.inboundMessage(5, true);
    tracers.inboundInflated(50);
    tracers.outboundMessage();
    tracers.outboundMessageSent(0, 0);
    tracers.closed(Status.ABORTED);

    assertThat(log.events())
        .containsExactly(
            "new a.B/C",
            "inbound 0",
            "inboundRead 0 0 0",
            "inboundSize 0",
            "outbound 0",
            "outboundSize 9",
            "outboundWire 7",
            "outboundSent 0 7 9",
            "inbound 1",
            "inboundWire 5",
            "inboundRead 1 5 -1",
            "inboundSize 50",
            "outbound 1",
            "outboundSize 0",
            "outboundWire 0",
            "outboundSent 1 0 0",
            "closed ABORTED");
  }

  @Test
  void aTracerThatThrowsIsLoggedAndTheOthersGoOn() {
    IllegalStateException thrown = new IllegalStateException("thrown by a tracer");
    CallTracers tracers =
        CallTracers.of(
            List.of(
                factory(
                    new ServerStreamTracer() {
                      @Override
                      public void streamClosed(Status status) {
                        throw thrown;
                      }
                    }),
                log),
            "a.B/C",
            headers);

    tracers.closed(Status.OK);

    assertThat(log.events()).containsExactly("new a.B/C", "closed OK");
    assertThat(logged.of(thrown)).hasSize(1);
  }

  @Test
  void aFactoryThatThrowsIsDoneWithout() {
    IllegalStateException thrown = new IllegalStateException("thrown by a factory");
    CallTracers tracers =
        CallTracers.of(
            List.of(
                new ServerStreamTracer.Factory() {
                  @Override
                  public ServerStreamTracer newServerStreamTracer(String method, Metadata ignored) {
                    throw thrown;
                  }
                },
                log),
            "a.B/C",
            headers);

    tracers.closed(Status.OK);

    assertThat(log.events()).containsExactly("new a.B/C", "closed OK");
    assertThat(logged.of(thrown)).hasSize(1);
  }

  @Test
  void aFilterOfContextsThatThrowsLeavesTheContextAsItWas() {
    IllegalStateException thrown = new IllegalStateException("thrown by a filter");
    CallTracers tracers =
        of(
            new ServerStreamTracer() {
              @Override
              public Context filterContext(Context context) {
                throw thrown;
              }
            });

    assertThat(tracers.filterContext(Context.ROOT)).isSameAs(Context.ROOT);
    assertThat(logged.of(thrown)).hasSize(1);
  }

  private CallTracers of(ServerStreamTracer tracer) {
    return CallTracers.of(List.of(factory(tracer)), "a.B/C", headers);
  }

  private static ServerStreamTracer.Factory appending(Context.Key<String> key, String text) {
    return factory(
        new ServerStreamTracer() {
          @Override
          public Context filterContext(Context context) {
            return context.withValue(key, key.get(context) + text);
          }
        });
  }

  private static ServerStreamTracer.Factory factory(ServerStreamTracer tracer) {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata ignored) {
        return tracer;
      }
    };
  }
}

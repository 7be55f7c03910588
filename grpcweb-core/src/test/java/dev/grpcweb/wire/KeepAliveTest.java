// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.call.CallDispatcher;
import dev.grpcweb.call.CallHead;
import dev.grpcweb.call.CallPlugins;
import dev.grpcweb.call.CallSettings;
import dev.grpcweb.call.Methods;
import dev.grpcweb.call.OpenCalls;
import dev.grpcweb.testing.RecordingExchange;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Texts;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Attributes;
import io.grpc.CompressorRegistry;
import io.grpc.Context;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The timer of a stream in text; the bytes that it makes are in {@link ResponseWriterTest}. */
final class KeepAliveTest {
  private static final GrpcWebFormat BINARY = new GrpcWebFormat(false, false);
  private static final GrpcWebFormat TEXT = new GrpcWebFormat(true, true);
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final RecordingExchange exchange = new RecordingExchange();
  private final RecordingHandler handler = new RecordingHandler();

  KeepAliveTest() {
    timer.setRemoveOnCancelPolicy(true);
  }

  @AfterEach
  void stopTimer() {
    timer.shutdownNow();
  }

  @Test
  void aStreamIsLookedAtWhenItCanHaveBecomeQuiet() throws Exception {
    open(TEXT, HOUR);
    assertThat(timer.getQueue()).isEmpty();

    service().sendHeaders(new Metadata());

    assertThat(timer.getQueue())
        .singleElement()
        .satisfies(
            look ->
                assertThat(((Delayed) look).getDelay(TimeUnit.NANOSECONDS))
                    .isBetween(HOUR / 2, HOUR));
  }

  @Test
  void oneLookFollowsTheOther() throws Exception {
    open(TEXT, HOUR);
    service().sendHeaders(new Metadata());

    look();
    look();

    assertThat(timer.getQueue()).hasSize(1);
  }

  @Test
  void withoutAnIntervalNoStreamIsKeptAlive() throws Exception {
    open(TEXT, 0);
    service().sendHeaders(new Metadata());

    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void aBinaryStreamIsNotKeptAlive() throws Exception {
    open(BINARY, HOUR);
    service().sendHeaders(new Metadata());

    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void aNativeStreamIsNotKeptAlive() throws Exception {
    open(GrpcFormat.NATIVE, HOUR);
    service().sendHeaders(new Metadata());

    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void aLookAfterTheEndIsTheLastOne() throws Exception {
    open(TEXT, HOUR);
    exchange.block();
    ServerCall<String, String> call = service();
    call.sendHeaders(new Metadata());
    call.close(Status.OK, new Metadata());

    look();

    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void whenTheResponseHasLeftNobodyLooks() throws Exception {
    open(TEXT, HOUR);
    ServerCall<String, String> call = service();
    call.sendHeaders(new Metadata());

    call.close(Status.OK, new Metadata());

    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void whenTheClientHasGoneNobodyLooks() throws Exception {
    open(TEXT, HOUR);
    service().sendHeaders(new Metadata());

    exchange.disconnect();

    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void aStreamThatIsBrokenOffIsNotReadyAndNobodyLooks() throws Exception {
    WireStream stream = open(TEXT, HOUR);
    service().sendHeaders(new Metadata());
    assertThat(stream.isReady()).isTrue();

    stream.abort();

    assertThat(exchange.isAborted()).isTrue();
    assertThat(stream.isReady()).isFalse();
    assertThat(timer.getQueue()).isEmpty();
  }

  private WireStream open(WireFormat format, long keepAliveNanos) {
    CallSettings calls =
        new CallSettings(
            Context.ROOT,
            Runnable::run,
            Runnable::run,
            timer,
            CompressorRegistry.getDefaultInstance(),
            new CallPlugins(List.of(), List.of(), null),
            CallHead.NO_TIMEOUT,
            CallHead.NO_TIMEOUT);
    WireSettings wire =
        new WireSettings(
            Limits.defaults(),
            FullQueue.REFUSES,
            new MessageCompression(DecompressorRegistry.getDefaultInstance()),
            false,
            keepAliveNanos,
            Runnable::run,
            timer);
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(Texts.SERVICE)
            .addMethod(Texts.method("Method", MethodType.SERVER_STREAMING), handler)
            .build();
    RequestHead head =
        new RequestHead(
            "test.Texts/Method", new Headers(), "example.org:8080", false, Attributes.EMPTY);
    CallDispatcher dispatcher =
        new CallDispatcher(
            new Methods(List.of(service), null, List.of(), null), calls, new OpenCalls(() -> {}));
    WireStream stream = new WireFormats(dispatcher, wire).open(head, exchange, format, null);
    exchange.connect(stream);
    return stream;
  }

  private ServerCall<String, String> service() throws InterruptedException {
    return handler.awaitCall().call();
  }

  /** Lets the timer's time come. */
  private void look() {
    Runnable next = timer.getQueue().element();
    timer.remove(next);
    next.run();
  }
}

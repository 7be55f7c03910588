// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OpenCallsTest {
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final AtomicInteger terminations = new AtomicInteger();
  private final OpenCalls calls = new OpenCalls(terminations::incrementAndGet);

  @AfterEach
  void stopTimer() {
    timer.shutdownNow();
  }

  @Test
  void withoutCallsAShutdownTerminatesOnce() throws Exception {
    assertThat(calls.isTerminated()).isFalse();

    calls.shutdown();
    calls.shutdown();

    assertThat(calls.isShutdown()).isTrue();
    assertThat(calls.isTerminated()).isTrue();
    assertThat(calls.awaitTermination(0, TimeUnit.SECONDS)).isTrue();
    assertThat(terminations).hasValue(1);
  }

  @Test
  void aShutdownWaitsForTheLastCall() throws Exception {
    ServerStream one = call(new NoOutput());
    ServerStream two = call(new NoOutput());
    assertThat(calls.add(one)).isTrue();
    assertThat(calls.add(two)).isTrue();
    assertThat(calls.size()).isEqualTo(2);

    calls.shutdown();
    calls.remove(one);
    assertThat(calls.isTerminated()).isFalse();
    assertThat(calls.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
    calls.remove(two);

    assertThat(calls.isTerminated()).isTrue();
    assertThat(terminations).hasValue(1);
  }

  @Test
  void afterAShutdownNoCallIsTaken() {
    calls.shutdown();

    assertThat(calls.add(call(new NoOutput()))).isFalse();
    assertThat(calls.size()).isZero();
  }

  @Test
  void callsThatComeAndGoTerminateNothing() {
    ServerStream call = call(new NoOutput());
    calls.add(call);
    calls.remove(call);

    assertThat(calls.isTerminated()).isFalse();
    assertThat(terminations).hasValue(0);
  }

  @Test
  void shutdownNowCancelsTheCallsThatAreOpen() {
    NoOutput output = new NoOutput();
    calls.add(call(output));

    calls.shutdownNow();

    assertThat(output.told).containsExactly("cancel UNAVAILABLE");
    assertThat(calls.isTerminated()).isFalse();
  }

  @Test
  void whatIsStillOpenIsBrokenOff() {
    NoOutput output = new NoOutput();
    calls.add(call(output));
    calls.shutdownNow();

    calls.abort();

    assertThat(output.told).containsExactly("cancel UNAVAILABLE", "abort");
    assertThat(calls.isTerminated()).isTrue();
  }

  private ServerStream call(CallOutput output) {
    CallSettings settings =
        new CallSettings(
            Context.ROOT,
            Runnable::run,
            Runnable::run,
            timer,
            CompressorRegistry.getDefaultInstance(),
            new CallPlugins(List.of(), List.of(), null),
            CallHead.NO_TIMEOUT,
            CallHead.NO_TIMEOUT);
    CallHead head =
        new CallHead(
            "a.B/C",
            new Metadata(),
            CallHead.NO_TIMEOUT,
            Set.of(),
            "example.org",
            false,
            Attributes.EMPTY,
            null);
    Methods none = new Methods(List.of(), null, List.of(), null);
    return new ServerStream(head, output, none, settings, calls);
  }

  /** Notes how the call ends. */
  private static final class NoOutput implements CallOutput {
    private final List<String> told = new ArrayList<>();

    @Override
    public void headers(Metadata headers, Compressor compressor) {}

    @Override
    public void message(InputStream message, boolean compress, CallTracers tracers) {}

    @Override
    public void flush() {}

    @Override
    public void trailers(Status status, Metadata trailers) {
      told.add("trailers " + status.getCode());
    }

    @Override
    public void cancel(Status status) {
      told.add("cancel " + status.getCode());
    }

    @Override
    public void abort() {
      told.add("abort");
    }

    @Override
    public void demand(int count) {}

    @Override
    public boolean isReady() {
      return false;
    }

    @Override
    public void setOnReadyThreshold(int bytes) {}
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.GrpcWebClientFormat;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many messages, through an exchange that stops and goes as it likes, with others looking on. */
final class ResponseWriterStressTest {
  private static final int MESSAGES = 10_000;

  @ParameterizedTest
  @EnumSource(
      value = GrpcWebClientFormat.class,
      names = {"BINARY", "TEXT"})
  void noMessageIsLostOrOvertakesAnother(GrpcWebClientFormat format) throws Exception {
    CallBench bench = new CallBench(format);
    RecordingHandler handler = bench.record(MethodType.SERVER_STREAMING);
    ClientCall call = bench.open();
    RecordedCall service = handler.awaitCall();
    AtomicBoolean done = new AtomicBoolean();
    List<Thread> others = new ArrayList<>();
    others.add(new Thread(() -> stopAndGo(call, done)));
    others.add(new Thread(() -> ask(service, done)));
    others.add(new Thread(() -> spuriouslyWritable(call, done)));
    others.forEach(Thread::start);

    service.call().sendHeaders(new Metadata());
    for (int i = 0; i < MESSAGES; i++) {
      service.call().sendMessage(Integer.toString(i));
      if (i % 1000 == 0) {
        awaitAllSent(call, i + 1);
      }
    }
    awaitAllSent(call, MESSAGES);
    done.set(true);
    for (Thread other : others) {
      other.join();
    }
    call.exchange().unblock();
    service.call().close(Status.OK, new Metadata());

    List<String> messages = call.await().messages();
    assertThat(messages).hasSize(MESSAGES);
    for (int i = 0; i < MESSAGES; i++) {
      assertThat(messages.get(i)).isEqualTo(Integer.toString(i));
    }
    bench.close();
  }

  /** Nothing follows, so the flusher and the exchange must see to it alone. */
  private static void awaitAllSent(ClientCall call, int count) {
    Awaitility.await().until(() -> call.soFar().frames().size() == count);
  }

  private static void stopAndGo(ClientCall call, AtomicBoolean done) {
    while (!done.get()) {
      call.exchange().block();
      pause();
      call.exchange().unblock();
      pause();
    }
  }

  private static void ask(RecordedCall service, AtomicBoolean done) {
    while (!done.get()) {
      service.call().isReady();
      pause();
    }
  }

  private static void spuriouslyWritable(ClientCall call, AtomicBoolean done) {
    while (!done.get()) {
      call.exchange().writableWithoutReason();
      pause();
    }
  }

  private static void pause() {
    int turns = ThreadLocalRandom.current().nextInt(2000);
    for (int i = 0; i < turns; i++) {
      Thread.onSpinWait();
    }
  }

  @Test
  void theCallIsToldThatItIsReadyWheneverItHasToWait() throws Exception {
    CallBench bench = new CallBench(GrpcWebClientFormat.BINARY);
    int[] sent = {0};
    RecordingHandler handler =
        bench
            .record(MethodType.SERVER_STREAMING)
            .on(
                "start",
                service -> {
                  service.call().setOnReadyThreshold(100);
                  service.call().sendHeaders(new Metadata());
                })
            .on(
                "ready",
                service -> {
                  while (sent[0] < MESSAGES && service.call().isReady()) {
                    service.call().sendMessage(Integer.toString(sent[0]++));
                  }
                  if (sent[0] == MESSAGES) {
                    sent[0]++;
                    service.call().close(Status.OK, new Metadata());
                  }
                });
    ClientCall call = bench.open();
    AtomicBoolean done = new AtomicBoolean();
    Thread other = new Thread(() -> stopAndGo(call, done));
    other.start();

    handler.awaitCall().await("complete");
    done.set(true);
    other.join();

    assertThat(call.await().messages()).hasSize(MESSAGES);
    bench.close();
  }
}

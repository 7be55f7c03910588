// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Senders that wait for room in the queue of a slow client. */
public interface BlockingContract extends OnBench {
  int MESSAGES = 200;

  @Test
  default void aSenderWaitsWhileTheQueueIsFullAndLosesNothing() throws Exception {
    Sender sender = new Sender(bench().record(MethodType.SERVER_STREAMING));
    ClientCall call = sender.openBlocked(bench(), 1000);
    sender.awaitBlocked();
    assertThat(call.exchange().queuedBytes()).isLessThan(2000);

    while (!call.exchange().isEnded()) {
      call.exchange().unblock();
      call.exchange().block();
      call.exchange().unblock();
      Thread.onSpinWait();
    }

    Reply reply = call.await();
    assertThat(reply.messages()).hasSize(MESSAGES);
    for (int i = 0; i < MESSAGES; i++) {
      assertThat(reply.messages().get(i)).startsWith(i + "x");
    }
    assertThat(reply.code()).isEqualTo(Status.Code.OK);
  }

  @Test
  default void aLargerMessageWaitsForAnEmptyQueue() throws Exception {
    Sender sender = new Sender(bench().record(MethodType.SERVER_STREAMING));
    ClientCall call = sender.openBlocked(bench(), 1);
    sender.awaitBlocked();

    call.exchange().unblock();

    assertThat(call.await().messages()).hasSize(MESSAGES);
  }

  @Test
  default void aVanishedClientFreesTheSender() throws Exception {
    Sender sender = new Sender(bench().record(MethodType.SERVER_STREAMING));
    ClientCall call = sender.openBlocked(bench(), 1000);
    sender.awaitBlocked();

    call.exchange().disconnect();

    sender.service().await("cancel");
    assertThat(sender.sent()).hasValue(MESSAGES);
  }

  @Test
  default void aDeadlineFreesTheSender() throws Exception {
    Sender sender = new Sender(bench().record(MethodType.SERVER_STREAMING));
    int millis = 100;
    do {
      // A deadline that has passed before the request is delivered finds no sender.
      ClientCall call = sender.openBlocked(bench(), 1000, "grpc-timeout", millis + "m");
      sender.nextService().await("cancel");
      call.exchange().unblock();
      assertThat(call.await().code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      millis *= 2;
    } while (sender.sent().get() == 0 && millis < 10_000);

    assertThat(sender.sent()).hasValue(MESSAGES);
  }

  @Test
  default void aShutdownFreesTheSender() throws Exception {
    Sender sender = new Sender(bench().record(MethodType.SERVER_STREAMING));
    ClientCall call = sender.openBlocked(bench(), 1000);
    sender.awaitBlocked();

    bench().server().shutdownNow();

    sender.service().await("cancel");
    call.exchange().unblock();
    assertThat(call.await().code()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  default void anInterruptOfTheSenderCancelsTheCall() throws Exception {
    Sender sender = new Sender(bench().record(MethodType.SERVER_STREAMING));
    ClientCall call = sender.openBlocked(bench(), 1000);
    Thread thread = sender.awaitBlocked();

    thread.interrupt();

    sender.service().await("cancel");
    call.exchange().unblock();
    assertThat(call.await().status())
        .isEqualTo("CANCELLED: Interrupted while waiting for room in the response queue");
    assertThat(sender.interrupted()).isTrue();
  }

  /** A service that sends all its messages from one callback, whether the call is ready or not. */
  final class Sender {
    private final AtomicInteger sent = new AtomicInteger();
    private final RecordingHandler handler;
    private volatile boolean interrupted;
    private @Nullable RecordedCall service;
    private volatile @Nullable Thread thread;

    Sender(RecordingHandler handler) {
      this.handler =
          handler.on("start", started -> started.call().request(1)).on("halfClose", this::send);
    }

    private void send(RecordedCall call) {
      thread = Thread.currentThread();
      call.call().sendHeaders(new Metadata());
      for (int i = 0; i < MESSAGES; i++) {
        call.call().sendMessage(i + "x".repeat(100));
        sent.incrementAndGet();
      }
      interrupted = Thread.interrupted();
      call.call().close(Status.OK, new Metadata());
    }

    ClientCall openBlocked(CallBench bench, long maxQueuedBytes, String... headers) {
      bench.builder().blockWhenQueueFull(true).maxQueuedBytes(maxQueuedBytes);
      ClientCall call = bench.open(headers);
      call.exchange().block();
      return call.send("").halfClose();
    }

    RecordedCall service() throws InterruptedException {
      return service == null ? nextService() : service;
    }

    RecordedCall nextService() throws InterruptedException {
      RecordedCall next = handler.awaitCall();
      service = next;
      return next;
    }

    /** Waits until the sender waits, and returns its thread. */
    Thread awaitBlocked() {
      await()
          .until(
              () -> {
                Thread sender = thread;
                return sender != null && sender.getState() == Thread.State.WAITING;
              });
      assertThat(sent.get()).isLessThan(MESSAGES);
      Thread sender = thread;
      if (sender == null) {
        throw new AssertionError("no sender");
      }
      return sender;
    }

    AtomicInteger sent() {
      return sent;
    }

    boolean interrupted() {
      return interrupted;
    }
  }
}

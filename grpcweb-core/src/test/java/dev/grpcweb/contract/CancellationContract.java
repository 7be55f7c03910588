// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.Patience;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Calls whose client goes away or breaks the rules of the wire. */
public interface CancellationContract extends OnBench {
  @Test
  default void aVanishedClientIsReportedOnceAndCancelsTheContext() throws Exception {
    RecordingHandler handler = bench().record(MethodType.BIDI_STREAMING);
    ClientCall call = bench().open();
    RecordedCall service = handler.awaitCall().await("ready");

    call.exchange().disconnect();

    service.await("cancel");
    call.exchange().unblock();
    assertThat(service.events()).containsExactly("ready", "cancel");
    assertThat(service.context().isCancelled()).isTrue();
    assertThat(service.context().cancellationCause()).hasMessage("connection reset");
    assertThat(service.call().isCancelled()).isTrue();
    assertThat(service.call().isReady()).isFalse();
  }

  @Test
  default void aBusyServiceSeesTheCancellationInItsContext() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    RecordingHandler handler =
        bench()
            .record(MethodType.BIDI_STREAMING)
            .on(
                "ready",
                service -> {
                  service.context().addListener(context -> seen.countDown(), Runnable::run);
                  uninterruptibly(seen);
                });
    ClientCall call = bench().open();
    RecordedCall service = handler.awaitCall().await("ready");

    call.exchange().disconnect();

    service.await("cancel");
    assertThat(seen.getCount()).isZero();
  }

  @Test
  default void afterTheClientHasGoneTheServiceIsIgnored() throws Exception {
    RecordingHandler handler = bench().record(MethodType.BIDI_STREAMING);
    ClientCall call = bench().open();
    RecordedCall service = handler.awaitCall();

    call.exchange().disconnect();
    service.await("cancel");

    service.call().request(1);
    service.call().sendHeaders(new Metadata());
    service.call().sendMessage("late");
    service.call().close(Status.OK, new Metadata());
    service.call().close(Status.OK, new Metadata());
    assertThat(call.exchange().events()).isEmpty();
  }

  @Test
  default void messagesThatWaitAreDroppedWithTheClient() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    RecordingHandler handler =
        bench()
            .record(MethodType.BIDI_STREAMING)
            .on(
                "start",
                service -> {
                  service.call().request(10);
                })
            .on("message", service -> uninterruptibly(busy));
    ClientCall call = bench().open();
    call.send("a", "b").halfClose();
    RecordedCall service = handler.awaitCall().await("message:a");

    call.exchange().disconnect();
    busy.countDown();

    service.await("cancel");
    assertThat(service.events()).containsExactly("ready", "message:a", "cancel");
  }

  @Test
  default void aClientThatGoesBeforeTheAnswerHasLeftCancelsAClosedCall() throws Exception {
    RecordingHandler handler = bench().record(MethodType.SERVER_STREAMING);
    ClientCall call = bench().open();
    call.exchange().block();
    RecordedCall service = handler.awaitCall();
    service.call().close(Status.OK, new Metadata());
    assertThat(service.events()).doesNotContain("complete");

    call.exchange().disconnect();

    service.await("cancel");
    assertThat(service.events()).doesNotContain("complete");
    assertThat(service.call().isCancelled()).isTrue();
  }

  @Test
  default void aCallIsCompleteWhenItsAnswerHasLeft() throws Exception {
    RecordingHandler handler = bench().record(MethodType.SERVER_STREAMING);
    ClientCall call = bench().open();
    call.exchange().block();
    RecordedCall service = handler.awaitCall();
    service.call().close(Status.ABORTED, new Metadata());

    call.exchange().unblock();

    service.await("complete");
    assertThat(service.events()).doesNotContain("cancel");
    Awaitility.await().until(service.context()::isCancelled);
    assertThat(service.context().cancellationCause()).isNull();
    assertThat(service.call().isCancelled()).isFalse();
  }

  @Test
  default void aClientThatGoesBeforeTheServiceHasStartedStartsNothing() throws Exception {
    CountDownLatch free = new CountDownLatch(1);
    bench().builder().executor(task -> new Thread(() -> runAfter(free, task)).start());
    RecordingHandler handler = bench().record(MethodType.UNARY);
    ClientCall call = bench().open();

    call.exchange().disconnect();
    free.countDown();

    Awaitility.await().until(() -> bench().server().openCalls() == 0);
    assertThat(handler.calls()).isZero();
  }

  @Test
  default void anEndInsideAFrameIsInternalAndCancels() throws Exception {
    RecordingHandler handler =
        bench().record(MethodType.CLIENT_STREAMING).on("start", s -> s.call().request(1));
    ClientCall call = bench().open();
    RecordedCall service = handler.awaitCall();
    byte[] frame = Frames.messages("abc");
    call.sendBytes(Arrays.copyOf(frame, 6)).halfClose();

    Reply reply = call.await();

    assertThat(reply.code()).isEqualTo(Status.Code.INTERNAL);
    assertThat(reply.message()).startsWith("Encountered end-of-stream mid-frame");
    service.await("cancel");
  }

  @Test
  default void anEndBehindAPrefixIsInternalToo() throws Exception {
    bench().record(MethodType.CLIENT_STREAMING).on("start", s -> s.call().request(1));
    ClientCall call = bench().open();
    call.sendBytes(Arrays.copyOf(Frames.messages("abc"), 5)).halfClose();

    assertThat(call.await().message()).startsWith("Encountered end-of-stream mid-frame");
  }

  @Test
  default void reservedFlagsOfAFrameAreInternal() throws Exception {
    bench().record(MethodType.CLIENT_STREAMING);
    ClientCall call = bench().open();

    call.sendBytes(Frames.frame(0x80, new byte[0]));

    Reply reply = call.await();
    assertThat(reply.code()).isEqualTo(Status.Code.INTERNAL);
    assertThat(reply.message()).contains("reserved bits not zero");
  }

  @Test
  default void whatFollowsABrokenFrameIsIgnored() throws Exception {
    RecordingHandler handler =
        bench().record(MethodType.CLIENT_STREAMING).on("start", s -> s.call().request(10));
    ClientCall call = bench().open();
    RecordedCall service = handler.awaitCall();

    call.sendBytes(Frames.frame(0x80, new byte[0])).send("late").halfClose();

    service.await("cancel");
    assertThat(service.events()).doesNotContain("message:late", "halfClose");
  }

  private static void runAfter(CountDownLatch latch, Runnable task) {
    uninterruptibly(latch);
    task.run();
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

/** What the service asks for, down to what is read of the request. */
public interface InboundFlowContract extends OnBench {
  @Test
  default void messagesComeAsTheyAreAskedFor() throws Exception {
    RecordingHandler handler = bench().record(MethodType.CLIENT_STREAMING);
    ClientCall call = bench().open().offer("a").offer("b").offer("c");
    RecordedCall service = handler.awaitCall().await("ready");
    assertThat(service.events()).containsExactly("ready");

    service.call().request(2);
    service.await("message:b");
    assertThat(service.events()).doesNotContain("message:c");

    service.call().request(1);
    service.await("message:c");
    call.exchange().offerEnd();
    service.await("halfClose");
  }

  @Test
  default void demandAfterTheMessagesStillSeesTheEnd() throws Exception {
    RecordingHandler handler = bench().record(MethodType.CLIENT_STREAMING);
    ClientCall call = bench().open().offer("a");
    call.exchange().offerEnd();
    RecordedCall service = handler.awaitCall().await("ready");

    service.call().request(1);

    service.await("halfClose");
    assertThat(service.events()).containsExactly("ready", "message:a", "halfClose");
  }

  @Test
  default void theEndIsSeenWithoutDemand() throws Exception {
    RecordingHandler handler = bench().record(MethodType.CLIENT_STREAMING);
    ClientCall call = bench().open();
    call.exchange().offerEnd();

    handler.awaitCall().await("halfClose");
  }

  @Test
  default void aBrokenFrameIsSeenWithoutDemand() throws Exception {
    bench().record(MethodType.CLIENT_STREAMING);
    ClientCall call = bench().open();
    call.exchange().offer(bench().format().encode(Frames.frame(0x80, new byte[0])));

    assertThat(call.await().code()).isEqualTo(Status.Code.INTERNAL);
  }

  @Test
  default void aServiceThatAsksFromInsideEachMessageGetsThemAll() throws Exception {
    RecordingHandler handler =
        bench()
            .record(MethodType.CLIENT_STREAMING)
            .on("start", service -> service.call().request(1))
            .on("message", service -> service.call().request(1));
    ClientCall call = bench().open();
    for (int i = 0; i < 100; i++) {
      call.offer("a" + i, "b" + i);
    }
    call.exchange().offerEnd();

    RecordedCall service = handler.awaitCall().await("halfClose");

    assertThat(service.events()).hasSize(202).doesNotHaveDuplicates().contains("message:b99");
  }

  @Test
  default void theOrderOfMessagesIsKept() throws Exception {
    RecordingHandler handler =
        bench()
            .record(MethodType.CLIENT_STREAMING)
            .on("start", service -> service.call().request(Integer.MAX_VALUE));
    bench().open().send("a", "b", "c").halfClose();

    RecordedCall service = handler.awaitCall().await("halfClose");

    assertThat(service.events())
        .containsExactly("ready", "message:a", "message:b", "message:c", "halfClose");
  }

  @Test
  default void afterTheServiceHasClosedNothingIsDelivered() throws Exception {
    RecordingHandler handler =
        bench()
            .record(MethodType.CLIENT_STREAMING)
            .on("start", service -> service.call().request(10))
            .on("message", service -> service.call().close(Status.ABORTED, new io.grpc.Metadata()));
    ClientCall call = bench().open();
    call.sendBytes(Frames.messages("a", "b"));
    RecordedCall service = handler.awaitCall().await("complete");
    call.send("c");
    call.halfClose();

    assertThat(service.events()).containsExactly("ready", "message:a", "complete");
    await().until(call.exchange()::isEnded);
  }
}

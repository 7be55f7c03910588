// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.Hex;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much a call may take of the server's memory. */
public interface LimitsContract extends OnBench {
  @Test
  default void aRequestOfTheLargestSizeIsTaken() throws Exception {
    bench().builder().maxInboundMessageSize(3);
    RecordingHandler handler =
        bench().record(MethodType.UNARY).on("start", service -> service.call().request(1));
    bench().open().send("abc");

    handler.awaitCall().await("message:abc");
  }

  @Test
  default void aLargerRequestIsRefusedByItsPrefixAlone() throws Exception {
    bench().builder().maxInboundMessageSize(3);
    bench().record(MethodType.UNARY);

    Reply reply = bench().open().sendBytes(Hex.bytes("00 00000004")).await();

    assertThat(reply.status())
        .isEqualTo("RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 3: 4");
  }

  @Test
  default void aLengthBeyondAnIntIsRefusedToo() throws Exception {
    bench().record(MethodType.UNARY);

    Reply reply = bench().open().sendBytes(Hex.bytes("00 FFFFFFFF")).await();

    assertThat(reply.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  default void metadataBeyondTheLimitAreRefusedBeforeAnyHandler() throws Exception {
    bench().builder().maxInboundMetadataSize(400);
    RecordingHandler handler = bench().record(MethodType.UNARY);

    Reply reply = bench().open("x-large", "x".repeat(400)).await();

    assertThat(reply.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(reply.message()).startsWith("Metadata exceeds maximum size 400");
    assertThat(handler.calls()).isZero();
  }

  @Test
  default void aServiceThatFloodsItsQueueIsEnded() throws Exception {
    bench().builder().maxQueuedBytes(1000);
    RecordingHandler handler = stream();
    ClientCall call = openBlocked();
    RecordedCall service = handler.awaitCall().await("ready");

    for (int i = 0; i < 20; i++) {
      service.call().sendMessage("x".repeat(100));
    }
    service.await("cancel");
    call.exchange().unblock();

    Reply reply = call.await();
    assertThat(reply.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(reply.message()).startsWith("Response queue is full: limit 1000 bytes, queued ");
    assertThat(service.call().isCancelled()).isTrue();
    assertThat(log().messages()).singleElement(STRING).endsWith(reply.message());
    assertThat(log().thrownMessages()).isEmpty();
  }

  @Test
  default void aFullQueueIsFreedAtOnce() throws Exception {
    bench().builder().maxQueuedBytes(100_000);
    RecordingHandler handler = stream();
    ClientCall call = openBlocked();
    RecordedCall service = handler.awaitCall().await("ready");

    for (int i = 0; i < 20; i++) {
      service.call().sendMessage("x".repeat(10_000));
    }

    service.await("cancel");
    assertThat(call.exchange().queuedBytes()).isLessThan(300);
  }

  @Test
  default void oneLargerMessageOnAnEmptyQueueIsTaken() throws Exception {
    bench().builder().maxQueuedBytes(1000);
    RecordingHandler handler = stream();
    ClientCall call = openBlocked();
    RecordedCall service = handler.awaitCall().await("ready");
    call.exchange().unblock();

    service.call().sendMessage("x".repeat(5000));
    service.call().close(Status.OK, new Metadata());

    assertThat(call.await().messages()).containsExactly("x".repeat(5000));
  }

  @Test
  default void aPlainLoopFarBeyondTheThresholdArrivesWhole() throws Exception {
    RecordingHandler handler = stream();
    ClientCall call = openBlocked();
    RecordedCall service = handler.awaitCall().await("ready");
    String message = "x".repeat(1000);

    for (int i = 0; i < 2000; i++) {
      service.call().sendMessage(message);
    }
    service.call().close(Status.OK, new Metadata());
    call.exchange().unblock();

    List<Frames.Frame> frames = call.await().frames();
    assertThat(frames).hasSize(2000).allSatisfy(f -> assertThat(f.payload()).hasSize(1000));
    assertThat(call.await().code()).isEqualTo(Status.Code.OK);
  }

  private RecordingHandler stream() {
    return bench()
        .record(MethodType.SERVER_STREAMING)
        .on("start", service -> service.call().sendHeaders(new Metadata()));
  }

  private ClientCall openBlocked() {
    ClientCall call = bench().open();
    call.exchange().block();
    return call;
  }
}

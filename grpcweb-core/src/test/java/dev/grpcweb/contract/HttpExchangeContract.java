// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingExchange;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * What is to be seen of a call's exchange where that is the transport's own, as it is over HTTP: it
 * is asked before it reads, and holds what has not left.
 */
public interface HttpExchangeContract extends OnBench {
  @Test
  default void aUnaryAnswerIsOneWriteAndNoFlush() throws Exception {
    bench().serve(MethodType.UNARY, CallKindsContract.echo());
    ClientCall call = bench().open();

    call.unary("abc");

    assertThat(call.exchange().events()).hasSize(3).first().isEqualTo("begin");
    assertThat(call.exchange().events().get(1)).startsWith("write ");
    assertThat(call.exchange().events()).last().isEqualTo("end");
  }

  @Test
  default void withoutDemandOneChunkIsReadAhead() throws Exception {
    RecordingHandler handler = bench().record(MethodType.CLIENT_STREAMING);
    ClientCall call = bench().open().offer("a").offer("b").offer("c");
    handler.awaitCall().await("ready");

    assertThat(call.exchange().undelivered()).isEqualTo(2);
  }

  @Test
  default void withoutDemandAFrameIsNotReadToItsEnd() throws Exception {
    RecordingHandler handler = bench().record(MethodType.CLIENT_STREAMING);
    byte[] frame = bench().format().encode(Frames.messages("x".repeat(60)));
    ClientCall call = bench().open();
    call.exchange().offer(Arrays.copyOf(frame, 32));
    call.exchange().offer(Arrays.copyOfRange(frame, 32, frame.length));
    RecordedCall service = handler.awaitCall().await("ready");
    assertThat(call.exchange().undelivered()).isEqualTo(1);

    service.call().request(1);

    service.await("message:" + "x".repeat(60));
  }

  @Test
  default void aDeadlineFreesWhatASlowClientHasNotRead() throws Exception {
    RecordingExchange exchange = new RecordingExchange();
    exchange.block();
    AtomicLong queued = new AtomicLong();
    RecordingHandler handler =
        bench()
            .record(MethodType.SERVER_STREAMING)
            .on(
                "start", // which no deadline overtakes
                service -> {
                  service.call().sendHeaders(new Metadata());
                  service.call().sendMessage("x".repeat(100_000));
                  queued.set(exchange.queuedBytes());
                });
    RequestHead head = bench().head("test.Texts/Method", "grpc-timeout", "100m");
    ClientCall call = bench().call(head, exchange);

    handler.awaitCall().await("cancel");
    assertThat(queued.get()).isGreaterThan(100_000);
    org.awaitility.Awaitility.await().until(() -> call.exchange().queuedBytes() < 200);

    call.exchange().unblock();
    Reply reply = call.await();
    assertThat(reply.messages()).isEmpty();
    assertThat(reply.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }
}

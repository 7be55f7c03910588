// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.TracerLog;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What tracers are told of a call, and in which order; sizes are those of the messages. */
public interface TracerContract extends OnBench {
  String NEW = "new test.Texts/Method";
  String FILTER = "filterContext";
  String STARTED =
      "started test.Texts/Method at example.org:8080 in the context of test.Texts/Method";

  private TracerLog traced() {
    TracerLog log = new TracerLog();
    bench().builder().addStreamTracerFactory(log);
    return log;
  }

  @Test
  default void aUnaryCallIsToldInTheOrderOfGrpcJava() throws Exception {
    TracerLog tracers = traced();
    bench()
        .serve(
            MethodType.UNARY,
            ServerCalls.asyncUnaryCall(
                (request, responses) -> {
                  responses.onNext(request + request);
                  responses.onCompleted();
                }));

    bench().open().unary("abc");

    assertThat(tracers.awaitClosed())
        .containsExactly(
            NEW,
            FILTER,
            STARTED,
            "inbound 0",
            "inboundWire 3",
            "inboundRead 0 3 3",
            "inboundSize 3",
            "outbound 0",
            "outboundSize 6",
            "outboundWire 6",
            "outboundSent 0 6 6",
            "closed OK");
  }

  @Test
  default void messagesOfAStreamAreNumberedEachWay() throws Exception {
    TracerLog tracers = traced();
    bench()
        .record(MethodType.BIDI_STREAMING)
        .on("start", service -> service.call().request(2))
        .on(
            "halfClose",
            service -> {
              service.call().sendHeaders(new Metadata());
              service.call().sendMessage("");
              service.call().sendMessage("1234");
              service.call().close(Status.OK, new Metadata());
            });

    bench().open().send("", "22").halfClose().await();

    assertThat(tracers.awaitClosed())
        .containsExactly(
            NEW,
            FILTER,
            STARTED,
            "inbound 0",
            "inboundRead 0 0 0", // and no bytes on the wire
            "inboundSize 0",
            "inbound 1",
            "inboundWire 2",
            "inboundRead 1 2 2",
            "inboundSize 2",
            "outbound 0",
            "outboundSize 0",
            "outboundWire 0",
            "outboundSent 0 0 0",
            "outbound 1",
            "outboundSize 4",
            "outboundWire 4",
            "outboundSent 1 4 4",
            "closed OK");
  }

  @Test
  default void compressedMessagesHaveTwoSizes() throws Exception {
    TracerLog tracers = traced();
    String text = "z".repeat(1000);
    int zipped = Frames.gzip(text.getBytes(StandardCharsets.UTF_8)).length;
    bench()
        .record(MethodType.UNARY)
        .on(
            "start",
            service -> {
              service.call().setCompression("gzip");
              service.call().request(1);
            })
        .on(
            "halfClose",
            service -> {
              service.call().sendHeaders(new Metadata());
              service.call().sendMessage(text);
              service.call().close(Status.OK, new Metadata());
            });

    bench()
        .open("grpc-encoding", "gzip", "grpc-accept-encoding", "gzip")
        .sendBytes(Frames.gzipped(text))
        .halfClose()
        .await();

    assertThat(tracers.awaitClosed())
        .containsSubsequence(
            "inboundWire " + zipped,
            "inboundRead 0 " + zipped + " -1",
            "inboundSize 1000",
            "outbound 0",
            "outboundSize 1000")
        .contains("outboundSent 0 " + zipped + " 1000", "outboundWire " + zipped);
  }

  @Test
  default void aMessageThatNobodyHasTakenIsNotTold() throws Exception {
    TracerLog tracers = traced();
    RecordingHandler handler =
        bench().record(MethodType.BIDI_STREAMING).on("start", service -> service.call().request(1));
    ClientCall call = bench().open().send("taken", "not taken");
    handler.awaitCall().await("message:taken");

    call.exchange().disconnect();

    assertThat(tracers.awaitClosed())
        .containsExactly(
            NEW,
            FILTER,
            STARTED,
            "inbound 0",
            "inboundWire 5",
            "inboundRead 0 5 5",
            "inboundSize 5",
            "closed CANCELLED");
  }

  @Test
  default void anUnknownMethodIsTracedAndNeverStarted() throws Exception {
    TracerLog tracers = traced();

    bench().call(bench().head("test.Texts/Nothing")).await();

    assertThat(tracers.awaitClosed())
        .containsExactly("new test.Texts/Nothing", FILTER, "closed UNIMPLEMENTED");
  }

  @Test
  default void aRefusedHeadIsTracedAndNeverStarted() throws Exception {
    TracerLog tracers = traced();
    RecordingHandler handler = bench().record(MethodType.UNARY);

    bench().open("grpc-encoding", "snail").await();
    assertThat(tracers.awaitClosed()).containsExactly(NEW, FILTER, "closed UNIMPLEMENTED");
    assertThat(handler.calls()).isZero();
  }

  @Test
  default void theEndIsTheStatusThatTheServiceGives() throws Exception {
    TracerLog tracers = traced();
    bench()
        .record(MethodType.UNARY)
        .on("start", service -> service.call().close(Status.ABORTED, new Metadata()));

    bench().open().await();

    assertThat(tracers.awaitClosed()).containsExactly(NEW, FILTER, STARTED, "closed ABORTED");
  }

  @Test
  default void theEndOfAServiceThatThrowsIsUnknown() throws Exception {
    TracerLog tracers = traced();
    bench()
        .record(MethodType.UNARY)
        .on(
            "ready",
            service -> {
              throw new IllegalStateException("thrown by a service");
            });

    bench().open().await();

    assertThat(tracers.awaitClosed()).endsWith("closed UNKNOWN");
  }

  @Test
  default void theEndOfACallWithAWrongRequestCountIsUnimplemented() throws Exception {
    TracerLog tracers = traced();
    bench().record(MethodType.UNARY);

    bench().open().halfClose().await();

    assertThat(tracers.awaitClosed()).containsExactly(NEW, FILTER, STARTED, "closed UNIMPLEMENTED");
  }

  @Test
  default void theEndAtADeadlineIsDeadlineExceeded() throws Exception {
    TracerLog tracers = traced();
    bench().record(MethodType.UNARY);

    bench().open("grpc-timeout", "1m").await();

    assertThat(tracers.awaitClosed()).endsWith("closed DEADLINE_EXCEEDED");
  }

  @Test
  default void aCallWhoseClientGoesWhileTheAnswerWaitsIsCancelledAndToldOnce() throws Exception {
    TracerLog tracers = traced();
    RecordingHandler handler =
        bench()
            .record(MethodType.UNARY)
            .on("start", service -> service.call().request(1))
            .on("message", service -> service.call().close(Status.ABORTED, new Metadata()));
    ClientCall call = bench().open();
    call.exchange().block();
    call.send("abc").halfClose();
    RecordedCall service = handler.awaitCall();
    service.await("message:abc");

    call.exchange().disconnect();
    service.await("cancel");

    assertThat(tracers.awaitClosed())
        .endsWith("closed CANCELLED")
        .doesNotContain("closed ABORTED", "closed OK");
  }

  @Test
  default void theServiceRunsInTheContextThatTracersMade() throws Exception {
    traced();
    RecordingHandler handler = bench().record(MethodType.UNARY);

    bench().open();

    assertThat(TracerLog.TRACED.get(handler.awaitCall().context())).isEqualTo("test.Texts/Method");
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import dev.grpcweb.testing.Texts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The four kinds of methods, served by grpc-java's stubs. */
public interface CallKindsContract extends OnBench {
  @Test
  default void aUnaryCallIsAnsweredByOneMessage() throws Exception {
    bench().serve(MethodType.UNARY, echo());

    Reply reply = bench().open().unary("abc");

    assertThat(reply.messages()).containsExactly("abc");
    assertThat(reply.status()).isEqualTo("OK");
    assertThat(reply.headers().getAll("content-type"))
        .containsExactly(bench().format().responseType());
  }

  @Test
  default void anEmptyMessageIsAMessage() throws Exception {
    bench().serve(MethodType.UNARY, echo());

    assertThat(bench().open().unary("").messages()).containsExactly("");
  }

  @Test
  default void aMessageOfUnknownLengthArrivesWhole() throws Exception {
    RecordingHandler handler = new RecordingHandler();
    bench()
        .serve(
            Texts.method("Method", MethodType.SERVER_STREAMING).toBuilder()
                .setResponseMarshaller(Texts.counting(new AtomicInteger()))
                .build(),
            handler);
    ClientCall call = bench().open();
    ServerCall<String, String> service = handler.awaitCall().call();
    service.sendHeaders(new Metadata());
    service.sendMessage("abc");
    service.sendMessage("");
    service.close(Status.OK, new Metadata());

    assertThat(call.await().messages()).containsExactly("abc", "");
  }

  @Test
  default void aUnaryCallMayEndWithAnError() throws Exception {
    bench()
        .serve(
            MethodType.UNARY,
            ServerCalls.asyncUnaryCall(
                (request, responses) ->
                    responses.onError(
                        Status.NOT_FOUND.withDescription("no " + request).asException())));

    Reply reply = bench().open().unary("abc");

    assertThat(reply.messages()).isEmpty();
    assertThat(reply.status()).isEqualTo("NOT_FOUND: no abc");
  }

  @Test
  default void aServerStreamIsAnsweredByManyMessages() throws Exception {
    bench()
        .serve(
            MethodType.SERVER_STREAMING,
            ServerCalls.asyncServerStreamingCall(
                (request, responses) -> {
                  for (int i = 1; i <= 3; i++) {
                    responses.onNext(request + i);
                  }
                  responses.onCompleted();
                }));

    Reply reply = bench().open().unary("a");

    assertThat(reply.messages()).containsExactly("a1", "a2", "a3");
    assertThat(reply.status()).isEqualTo("OK");
  }

  @Test
  default void aServerStreamMayBeEmpty() throws Exception {
    bench()
        .serve(
            MethodType.SERVER_STREAMING,
            ServerCalls.asyncServerStreamingCall((request, responses) -> responses.onCompleted()));

    Reply reply = bench().open().unary("a");

    assertThat(reply.messages()).isEmpty();
    assertThat(reply.status()).isEqualTo("OK");
  }

  @Test
  default void aServerStreamMayEndWithAnErrorBehindItsMessages() throws Exception {
    bench()
        .serve(
            MethodType.SERVER_STREAMING,
            ServerCalls.asyncServerStreamingCall(
                (request, responses) -> {
                  responses.onNext("one");
                  responses.onError(Status.DATA_LOSS.asException());
                }));

    Reply reply = bench().open().unary("a");

    assertThat(reply.messages()).containsExactly("one");
    assertThat(reply.status()).isEqualTo("DATA_LOSS");
  }

  @Test
  default void aClientStreamIsAnsweredByOneMessage() throws Exception {
    bench().serve(MethodType.CLIENT_STREAMING, joining());

    Reply reply = bench().open().send("a", "b", "c").halfClose().await();

    assertThat(reply.messages()).containsExactly("a+b+c");
    assertThat(reply.status()).isEqualTo("OK");
  }

  @Test
  default void aClientStreamMayBeEmpty() throws Exception {
    bench().serve(MethodType.CLIENT_STREAMING, joining());

    assertThat(bench().open().halfClose().await().messages()).containsExactly("");
  }

  @Test
  default void messagesOfAStreamMayComeInOneChunk() throws Exception {
    bench().serve(MethodType.CLIENT_STREAMING, joining());

    Reply reply = bench().open().sendBytes(Frames.messages("a", "b", "c")).halfClose().await();

    assertThat(reply.messages()).containsExactly("a+b+c");
  }

  @Test
  default void aBidirectionalStreamIsAnsweredWhileTheRequestGoesOn() throws Exception {
    bench()
        .serve(
            MethodType.BIDI_STREAMING,
            ServerCalls.asyncBidiStreamingCall(responses -> new Doubling(responses)));
    ClientCall call = bench().open();

    call.send("a", "b");
    org.awaitility.Awaitility.await().until(() -> call.soFar().messages().size() == 4);
    call.send("c").halfClose();

    Reply reply = call.await();
    assertThat(reply.messages()).containsExactly("a", "a", "b", "b", "c", "c");
    assertThat(reply.status()).isEqualTo("OK");
  }

  @Test
  default void anUnknownMethodIsUnimplemented() throws Exception {
    bench().serve(MethodType.UNARY, echo());

    Reply reply = bench().call(bench().head("test.Texts/Missing")).unary("abc");

    assertThat(reply.status()).isEqualTo("UNIMPLEMENTED: Method not found: test.Texts/Missing");
    assertThat(reply.headers().getAll("content-type"))
        .containsExactly(bench().format().responseType());
  }

  static io.grpc.ServerCallHandler<String, String> echo() {
    return ServerCalls.asyncUnaryCall(
        (request, responses) -> {
          responses.onNext(request);
          responses.onCompleted();
        });
  }

  private static io.grpc.ServerCallHandler<String, String> joining() {
    return ServerCalls.asyncClientStreamingCall(Joining::new);
  }

  /** Answers with all requests, joined, when they have ended. */
  final class Joining implements StreamObserver<String> {
    private final StreamObserver<String> responses;
    private final List<String> requests = new ArrayList<>();

    Joining(StreamObserver<String> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(String request) {
      requests.add(request);
    }

    @Override
    public void onError(Throwable cancelled) {}

    @Override
    public void onCompleted() {
      responses.onNext(String.join("+", requests));
      responses.onCompleted();
    }
  }

  /** Answers each request twice. */
  final class Doubling implements StreamObserver<String> {
    private final StreamObserver<String> responses;

    Doubling(StreamObserver<String> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(String request) {
      responses.onNext(request);
      responses.onNext(request);
    }

    @Override
    public void onError(Throwable cancelled) {}

    @Override
    public void onCompleted() {
      responses.onCompleted();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import dev.grpcweb.testing.Texts;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCalls;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services and marshallers that throw. */
public interface FailureContract extends OnBench {
  String FIXED_TEXT = "UNKNOWN: Application error processing RPC";

  @ParameterizedTest
  @ValueSource(strings = {"message", "halfClose", "ready"})
  default void whatACallbackThrowsEndsTheCallWithoutItsText(String callback) throws Exception {
    IllegalStateException thrown = new IllegalStateException("secret");

    Reply reply = callThatThrowsFrom(callback, thrown);

    assertThat(reply.status()).isEqualTo(FIXED_TEXT);
    assertThat(reply.trailers().toString()).doesNotContain("secret");
    await().until(() -> !log().of(thrown).isEmpty());
    assertThat(log().of(thrown)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"message", "halfClose", "ready"})
  default void aStatusThatACallbackThrowsIsUnknownTooAndLogged(String callback) throws Exception {
    StatusRuntimeException thrown = Status.NOT_FOUND.withDescription("secret").asRuntimeException();

    assertThat(callThatThrowsFrom(callback, thrown).status()).isEqualTo(FIXED_TEXT);

    await().until(() -> !log().of(thrown).isEmpty());
    assertThat(log().of(thrown)).hasSize(1);
  }

  @Test
  default void whatWasSentBeforeACallbackThrewArrives() throws Exception {
    bench()
        .record(MethodType.BIDI_STREAMING)
        .on(
            "ready",
            service -> {
              service.call().sendHeaders(new Metadata());
              service.call().sendMessage("one");
              service.call().sendMessage("two");
              throw new IllegalStateException("secret");
            });

    Reply reply = bench().open().await();

    assertThat(reply.messages()).containsExactly("one", "two");
    assertThat(reply.status()).isEqualTo(FIXED_TEXT);
  }

  @Test
  default void aCallbackMayThrowAfterTheServiceHasClosed() throws Exception {
    IllegalStateException thrown = new IllegalStateException("secret");
    RecordingHandler handler =
        bench()
            .record(MethodType.BIDI_STREAMING)
            .on(
                "ready",
                service -> {
                  service.call().close(Status.OK, new Metadata());
                  throw thrown;
                });

    assertThat(bench().open().await().code()).isEqualTo(Status.Code.OK);

    handler.awaitCall().await("complete");
    await().until(() -> log().of(thrown).size() == 1);
  }

  @Test
  default void aStatusThatTheStartThrowsIsTheCalls() throws Exception {
    StatusRuntimeException thrown =
        Status.UNAUTHENTICATED.withDescription("who are you?").asRuntimeException();
    bench()
        .record(MethodType.UNARY)
        .on(
            "start",
            service -> {
              throw thrown;
            });

    assertThat(bench().open().await().status()).isEqualTo("UNAUTHENTICATED: who are you?");
    assertThat(log().of(thrown)).isEmpty();
  }

  @Test
  default void trailersOfAnExceptionOfTheStartStayOnTheServer() throws Exception {
    Metadata trailers = new Metadata();
    trailers.put(MetadataContract.TEXT, "secret");
    bench()
        .record(MethodType.UNARY)
        .on(
            "start",
            service -> {
              throw Status.ABORTED.asRuntimeException(trailers);
            });

    assertThat(bench().open().await().trailers().toString()).isEqualTo("grpc-status: 10\n");
  }

  @Test
  default void whatElseTheStartThrowsIsUnknownWithoutAText() throws Exception {
    IllegalStateException thrown = new IllegalStateException("secret");
    bench()
        .record(MethodType.UNARY)
        .on(
            "start",
            service -> {
              throw thrown;
            });

    assertThat(bench().open().await().status()).isEqualTo("UNKNOWN");
    await().until(() -> log().of(thrown).size() == 1);
  }

  @Test
  default void aServiceWithoutAListenerIsUnknown() throws Exception {
    bench().serve(MethodType.UNARY, (call, headers) -> FailureContract.noListener());

    assertThat(bench().open().await().status()).isEqualTo("UNKNOWN");
    await()
        .until(
            () ->
                log().thrownMessages().stream()
                    .anyMatch(
                        "startCall() returned a null listener for method test.Texts/Method"
                            ::equals));
  }

  @ParameterizedTest
  @ValueSource(strings = {"complete", "cancel"})
  default void whatTheLastCallbackThrowsIsOnlyLogged(String callback) throws Exception {
    IllegalStateException thrown = new IllegalStateException("secret");
    RecordingHandler handler =
        bench()
            .record(MethodType.SERVER_STREAMING)
            .on(
                callback,
                service -> {
                  throw thrown;
                });
    ClientCall call = bench().open();
    RecordedCall service = handler.awaitCall();
    if (callback.equals("cancel")) {
      call.exchange().disconnect();
    } else {
      service.call().close(Status.OK, new Metadata());
    }

    service.await(callback);
    await().until(() -> log().of(thrown).size() == 1);
    await().until(() -> bench().server().openCalls() == 0);
  }

  @Test
  default void anErrorOfACallbackEndsTheCallAndReachesTheThread() throws Exception {
    AssertionError thrown = new AssertionError("secret");
    Map<Thread, Throwable> uncaught = new ConcurrentHashMap<>();
    bench()
        .builder()
        .executor(
            task -> {
              Thread thread = new Thread(task);
              thread.setUncaughtExceptionHandler(uncaught::put);
              thread.start();
            });
    RecordingHandler handler =
        bench()
            .record(MethodType.BIDI_STREAMING)
            .on(
                "ready",
                service -> {
                  throw thrown;
                });

    assertThat(bench().open().await().status()).isEqualTo(FIXED_TEXT);

    await().until(() -> uncaught.containsValue(thrown));
    handler.awaitCall().await("cancel");
  }

  @Test
  default void aStatusThatAMarshallerThrowsOnSendingIsTheCalls() throws Exception {
    Reply reply = answerThatFails(Status.DATA_LOSS.withDescription("lost").asRuntimeException());

    assertThat(reply.status()).isEqualTo("DATA_LOSS: lost");
  }

  @Test
  default void whatElseAMarshallerThrowsOnSendingIsInternal() throws Exception {
    Reply reply = answerThatFails(new IllegalStateException("secret"));

    assertThat(reply.status()).isEqualTo("INTERNAL: Internal error so cancelling stream.");
  }

  @Test
  default void anErrorOfAMarshallerOnSendingIsCancelled() throws Exception {
    AssertionError thrown = new AssertionError("secret");
    bench().builder().executor(task -> new Thread(() -> ignoring(thrown, task)).start());

    assertThat(answerThatFails(thrown).status())
        .isEqualTo("CANCELLED: Server sendMessage() failed with Error");
  }

  @Test
  default void theStreamOfAMessageIsClosedHoweverItsCallStands() throws Exception {
    AtomicInteger open = new AtomicInteger();
    RecordingHandler handler = new RecordingHandler();
    bench()
        .serve(
            Texts.method("Method", MethodType.SERVER_STREAMING).toBuilder()
                .setResponseMarshaller(Texts.counting(open))
                .build(),
            handler);
    ClientCall call = bench().open();
    RecordedCall service = handler.awaitCall();
    service.call().sendHeaders(new Metadata());

    service.call().sendMessage("abc");
    assertThat(open).hasValue(0);
    call.exchange().disconnect();
    service.await("cancel");
    service.call().sendMessage("late");

    assertThat(open).hasValue(0);
  }

  @Test
  default void whatAMarshallerThrowsOnParsingIsUnknown() throws Exception {
    bench()
        .serve(
            Texts.method("Method", MethodType.UNARY).toBuilder()
                .setRequestMarshaller(
                    Texts.marshaller(
                        text -> text,
                        text -> {
                          throw new IllegalStateException("secret");
                        }))
                .build(),
            ServerCalls.asyncUnaryCall((request, responses) -> responses.onCompleted()));

    assertThat(bench().open().unary("abc").status()).isEqualTo(FIXED_TEXT);
  }

  @Test
  default void aRequestThatIsNoMessageIsUnknownAndNotWorthAWarning() throws Exception {
    StatusRuntimeException thrown =
        Status.INTERNAL.withDescription("Invalid protobuf byte sequence").asRuntimeException();
    RecordingHandler handler =
        new RecordingHandler().on("start", service -> service.call().request(1));
    bench()
        .serve(
            Texts.method("Method", MethodType.UNARY).toBuilder()
                .setRequestMarshaller(
                    Texts.marshaller(
                        text -> text,
                        text -> {
                          throw thrown;
                        }))
                .build(),
            handler);

    assertThat(bench().open().unary("abc").status()).isEqualTo(FIXED_TEXT);

    handler.awaitCall().await("cancel");
    assertThat(log().of(thrown)).isEmpty();
    assertThat(log().detailsOf(thrown)).hasSize(1);
  }

  @Test
  default void anErrorOfADecompressorEndsTheCall() throws Exception {
    AssertionError thrown = new AssertionError("secret");
    Decompressor faulty =
        new Decompressor() {
          @Override
          public String getMessageEncoding() {
            return "faulty";
          }

          @Override
          public InputStream decompress(InputStream ignored) {
            throw thrown;
          }
        };
    bench()
        .builder()
        .decompressorRegistry(DecompressorRegistry.emptyInstance().with(faulty, true))
        .executor(task -> new Thread(() -> ignoring(thrown, task)).start());
    RecordingHandler handler =
        bench().record(MethodType.BIDI_STREAMING).on("start", service -> service.call().request(1));

    ClientCall call = bench().open("grpc-encoding", "faulty").sendBytes(Frames.gzipped("abc"));

    assertThat(call.await().status()).isEqualTo(FIXED_TEXT);
    handler.awaitCall().await("cancel");
  }

  private Reply callThatThrowsFrom(String callback, RuntimeException thrown)
      throws InterruptedException {
    bench()
        .record(MethodType.CLIENT_STREAMING)
        .on("start", service -> service.call().request(1))
        .on(
            callback,
            service -> {
              throw thrown;
            });
    return bench().open().unary("abc");
  }

  private Reply answerThatFails(Throwable thrown) throws InterruptedException {
    MethodDescriptor<String, String> method =
        Texts.method("Method", MethodType.SERVER_STREAMING).toBuilder()
            .setResponseMarshaller(
                Texts.marshaller(
                    text -> {
                      if (thrown instanceof Error error) {
                        throw error;
                      }
                      throw (RuntimeException) thrown;
                    },
                    text -> text))
            .build();
    bench()
        .serve(
            method,
            ServerCalls.asyncServerStreamingCall(
                (request, responses) -> {
                  responses.onNext("a");
                  responses.onNext("b");
                  responses.onError(new StatusException(Status.ABORTED));
                }));
    return bench().open().unary("abc");
  }

  private static void ignoring(Error expected, Runnable task) {
    try {
      task.run();
    } catch (Error e) {
      assertThat(e).isSameAs(expected);
    }
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // A service may be wrong.
  private static <T> T noListener() {
    return null;
  }
}

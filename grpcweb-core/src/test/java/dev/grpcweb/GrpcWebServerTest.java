// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.testing.Hex;
import dev.grpcweb.testing.RecordingExchange;
import dev.grpcweb.testing.Texts;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

final class GrpcWebServerTest {
  private static final MethodDescriptor<String, String> ECHO =
      Texts.method("Echo", MethodType.UNARY);

  private final GrpcWebServer server =
      GrpcWebServer.builder()
          .addService(
              ServerServiceDefinition.builder(Texts.SERVICE)
                  .addMethod(
                      ECHO,
                      ServerCalls.<String, String>asyncUnaryCall(
                          (request, responses) -> {
                            responses.onNext(request);
                            responses.onCompleted();
                          }))
                  .build())
          .build();

  @Test
  void aUnaryCallIsAnsweredByAMessageAndATrailersFrame() throws Exception {
    RecordingExchange exchange = open("application/grpc-web+proto");

    exchange.receiveLast(Hex.bytes("00 00000003 616263")); // "abc"

    assertThat(Hex.of(exchange.awaitBody()))
        .isEqualTo(
            Hex.of(
                Hex.bytes(
                    "00 00000003 616263" // "abc"
                        + "80 00000010" // trailers of 16 bytes
                        + "677270632d7374617475733a2030 0d0a"))); // grpc-status: 0
    assertThat(exchange.head().headers().getAll("content-type"))
        .containsExactly("application/grpc-web+proto");
  }

  @Test
  void aUnaryAnswerIsOneWrite() throws Exception {
    RecordingExchange exchange = open("application/grpc-web+proto");

    exchange.receiveLast(Hex.bytes("00 00000003 616263"));
    exchange.awaitBody();

    assertThat(exchange.events()).containsExactly("begin", "write 29", "end");
  }

  @Test
  void aTextCallIsAnsweredInText() throws Exception {
    RecordingExchange exchange = open("application/grpc-web-text");

    exchange.receiveLast("AAAAAANhYmM=".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

    assertThat(exchange.awaitBody())
        .asString()
        .isEqualTo("AAAAAANhYmOAAAAAEGdycGMtc3RhdHVzOiAwDQo=");
    assertThat(exchange.head().headers().get("content-type"))
        .isEqualTo("application/grpc-web-text+proto");
  }

  @Test
  void aMessageThatCameBeforeItWasAskedForIsReadToTheEndOfTheRequest() {
    Queue<Runnable> tasks = new ArrayDeque<>();
    GrpcWebServer late =
        GrpcWebServer.builder()
            .executor(tasks::add)
            .addService(
                ServerServiceDefinition.builder(Texts.SERVICE)
                    .addMethod(
                        ECHO,
                        (call, headers) -> {
                          call.request(1);
                          return new ServerCall.Listener<>() {};
                        })
                    .build())
            .build();
    RecordingExchange exchange = open(late, "application/grpc-web+proto");
    exchange.receive(Hex.bytes("00 00000003 616263")); // "abc"
    int readsWithoutDemand = exchange.reads();

    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }

    assertThat(exchange.reads()).isEqualTo(readsWithoutDemand + 1);
  }

  @Test
  void anAnswerThatIsOnItsWayWhenTheDeadlineComesIsCutOffOnlyIfItStays() {
    GrpcWebServer direct =
        GrpcWebServer.builder()
            .directExecutor()
            .addService(
                ServerServiceDefinition.builder(Texts.SERVICE)
                    .addMethod(
                        ECHO,
                        (call, headers) -> {
                          call.close(Status.ABORTED, new Metadata());
                          return new ServerCall.Listener<>() {};
                        })
                    .build())
            .build();
    Headers headers = new Headers().add("content-type", "application/grpc-web");
    RequestHead head =
        new RequestHead(
            ECHO.getFullMethodName(),
            headers.add("grpc-timeout", "0n"),
            "localhost",
            false,
            Attributes.EMPTY);
    RecordingExchange exchange = new RecordingExchange();
    exchange.block();

    exchange.connect(direct.open(head, exchange));

    assertThat(exchange.events()).endsWith("end");
    await().untilAsserted(() -> assertThat(exchange.events()).endsWith("end", "abort"));
    await().untilAsserted(() -> assertThat(direct.openCalls()).isZero());
  }

  private RecordingExchange open(String contentType) {
    return open(server, contentType);
  }

  private static RecordingExchange open(GrpcWebServer server, String contentType) {
    RequestHead head =
        new RequestHead(
            ECHO.getFullMethodName(),
            new Headers().add("Content-Type", contentType),
            "localhost",
            false,
            Attributes.EMPTY);
    RecordingExchange exchange = new RecordingExchange();
    return exchange.connect(server.open(head, exchange));
  }
}

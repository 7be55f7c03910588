// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.examples.docs.WebCall.Answer;
import dev.grpcweb.wire.Limits;
import io.grpc.Status;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The tables of docs/limits-and-errors.md, against a server. */
final class LimitsAndErrorsPageTest {
  private static final Markdown PAGE = Markdown.of("docs/limits-and-errors.md");
  private static final String BINARY = "application/grpc-web+proto";
  private static final byte[] GOOD = WebCall.body("abc");

  private static GrpcWebServer grpc;
  private static DocumentedServer server;

  @BeforeAll
  static void start() throws Exception {
    grpc = GrpcWebServer.builder().addService(new EchoChat()).build();
    server = DocumentedServer.start(grpc);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    grpc.shutdownNow();
  }

  @Test
  void everyLimitIsAnOptionWithTheDefaultThatIsShown() {
    List<List<String>> rows = PAGE.table("| option | default | what it bounds | beyond it |");
    assertThat(rows).hasSize(6);
    List<String> options =
        Arrays.stream(GrpcWebServer.Builder.class.getMethods()).map(Method::getName).toList();
    for (List<String> row : rows) {
      assertThat(options).contains(row.get(0).replace("`", ""));
    }
    Limits limits = Limits.defaults();
    assertThat(rows.get(0).get(1)).isEqualTo(limits.maxInboundMessageSize() / 1024 / 1024 + " MiB");
    assertThat(rows.get(1).get(1)).isEqualTo(limits.maxInboundMetadataSize() / 1024 + " KiB");
    assertThat(rows.get(2).get(1)).isEqualTo(limits.maxQueuedBytes() / 1024 / 1024 + " MiB");
    assertThat(limits.onReadyThreshold()).isEqualTo(32 * 1024);
  }

  @TestFactory
  Stream<DynamicTest> everyLimitEndsTheCallAsTheTableSays() {
    return PAGE.table("| option | default | what it bounds | beyond it |").stream()
        .filter(row -> !Set.of("`maxQueuedBytes`", "`textKeepAlive`").contains(row.get(0)))
        .map(row -> DynamicTest.dynamicTest(row.get(0), () -> assertEnd(row)));
  }

  private static void assertEnd(List<String> row) throws Exception {
    GrpcWebServer.Builder builder = GrpcWebServer.builder().addService(new EchoChat());
    Duration soon = Duration.ofMillis(50);
    GrpcWebServer limited =
        switch (row.get(0)) {
          case "`maxInboundMessageSize`" -> builder.maxInboundMessageSize(2).build();
          case "`maxInboundMetadataSize`" -> builder.maxInboundMetadataSize(2).build();
          case "`maxDeadline`" -> builder.maxDeadline(soon).build();
          case "`maxCallAge`" -> builder.maxCallAge(soon).build();
          default -> throw new AssertionError("nothing reaches " + row);
        };
    try (DocumentedServer small = DocumentedServer.start(limited)) {
      Answer answer =
          new WebCall(WebCall.http1(), small.base())
              .header("content-type", BINARY)
              .post(WebCall.body(EchoChat.PATIENT));
      int code = Integer.parseInt(answer.trailer("grpc-status"));
      assertThat(Status.fromCodeValue(code).getCode().name()).isEqualTo(row.get(3));
    } finally {
      limited.shutdownNow();
    }
  }

  @TestFactory
  Stream<DynamicTest> everyBadRequestGetsWhatTheTableSays() {
    List<List<String>> rows = PAGE.table("| request | HTTP | status | message or text |");
    assertThat(rows).hasSizeGreaterThan(10);
    return rows.stream()
        .map(row -> DynamicTest.dynamicTest(row.get(0), () -> assertAnswer(row, send(row.get(0)))));
  }

  private static void assertAnswer(List<String> row, Answer answer) {
    assertThat(answer.http().statusCode()).isEqualTo(Integer.parseInt(row.get(1)));
    if (row.get(2).isEmpty()) {
      assertThat(answer.text()).isEqualTo(row.get(3));
    } else {
      int code = Integer.parseInt(answer.trailer("grpc-status"));
      assertThat(Status.fromCodeValue(code).getCode().name()).isEqualTo(row.get(2));
      if (!row.get(3).isEmpty()) {
        assertThat(answer.trailer("grpc-message")).isEqualTo(row.get(3));
      }
    }
  }

  private static Answer send(String row) throws Exception {
    return switch (row) {
      case "a path that names no method, gRPC-Web" ->
          call("chat.ChatService/Nothing", BINARY).post(GOOD);
      case "GET to a method" -> call(BINARY).get();
      case "another content type" -> call("text/plain").post(GOOD);
      case "native gRPC over HTTP/1.1" -> call("application/grpc").post(GOOD);
      case "no message" -> call(BINARY).post(new byte[0]);
      case "two messages where one is taken" -> call(BINARY).post(twice(GOOD));
      case "a body that ends inside a message" -> call(BINARY).post(Arrays.copyOf(GOOD, 7));
      case "reserved bits in the flags" -> call(BINARY).post(WebCall.frame(0x80, new byte[0]));
      case "a body that is not base64 in text mode" ->
          call("application/grpc-web-text").post("****".getBytes(StandardCharsets.US_ASCII));
      case "a message beyond the limit" -> call(BINARY).post(prefix(4 * 1024 * 1024 + 1));
      case "a message that protobuf cannot read" ->
          call(BINARY).post(WebCall.frame(0, HexFormat.of().parseHex("0aff")));
      case "an unknown `grpc-encoding`" -> call(BINARY).header("grpc-encoding", "snail").post(GOOD);
      case "a compressed message without `grpc-encoding`" ->
          call(BINARY).post(WebCall.frame(1, new byte[] {1, 2, 3}));
      case "a `grpc-timeout` of `soon`" -> call(BINARY).header("grpc-timeout", "soon").post(GOOD);
      case "a deadline that passes" ->
          call(BINARY).header("grpc-timeout", "50m").post(WebCall.body(EchoChat.PATIENT));
      case "binary metadata that is not base64" -> call(BINARY).header("key-bin", "***").post(GOOD);
      case "a call after `shutdown()`" -> afterShutdown();
      default -> throw new AssertionError("nothing sends: " + row);
    };
  }

  @Test
  void theContainerRefusesLongHeadersByItself() throws Exception {
    Answer answer = call(BINARY).header("x-long", "x".repeat(9 * 1024)).post(GOOD);
    assertThat(answer.http().statusCode()).isEqualTo(431);
  }

  private static Answer afterShutdown() throws Exception {
    GrpcWebServer down = GrpcWebServer.builder().addService(new EchoChat()).build();
    try (DocumentedServer closing = DocumentedServer.start(down)) {
      down.shutdown();
      return new WebCall(WebCall.http1(), closing.base()).header("content-type", BINARY).post(GOOD);
    }
  }

  private static byte[] twice(byte[] frame) {
    return ByteBuffer.allocate(2 * frame.length).put(frame).put(frame).array();
  }

  private static byte[] prefix(int length) {
    return ByteBuffer.allocate(5).put((byte) 0).putInt(length).array();
  }

  private static WebCall call(String contentType) {
    return call(WebCall.METHOD, contentType);
  }

  private static WebCall call(String method, String contentType) {
    return new WebCall(WebCall.http1(), server.base(), method).header("content-type", contentType);
  }
}

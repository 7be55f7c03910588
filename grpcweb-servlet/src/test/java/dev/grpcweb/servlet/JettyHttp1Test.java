// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Locale.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.testing.JettyServer;
import dev.grpcweb.servlet.testing.RawHttp;
import dev.grpcweb.testing.Hex;
import dev.grpcweb.testing.proto.CountRequest;
import dev.grpcweb.testing.proto.EchoRequest;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HTTP/1.1 byte for byte, by a socket. */
final class JettyHttp1Test {
  private static final String ECHO = "/grpcweb.test.TestService/Echo";
  private static final String WEB = "application/grpc-web+proto";
  // EchoRequest{text: "abc"}, which has the same bytes as EchoResponse{text: "abc"}
  private static final String ABC = "00 00000005 0a03 616263";
  // grpc-status: 0 CRLF, with a space after the colon
  private static final String OK = "80 00000010 677270632d737461747573 3a 20 30 0d0a";

  private final EchoService service = new EchoService();
  private final GrpcWebServer grpc = GrpcWebServer.builder().addService(service).build();
  private final JettyServer jetty = JettyServer.builder().filter(grpc).start();

  @AfterEach
  void stop() {
    jetty.close();
    grpc.shutdownNow();
  }

  @Test
  void aUnaryCallIsAnsweredByItsMessageAndAnOkTrailersFrame() throws IOException {
    try (RawHttp client = new RawHttp(jetty.port())) {
      RawHttp.Answer answer = client.post(ECHO, WEB, Hex.bytes(ABC)).answer();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("content-type")).isEqualTo(WEB);
      assertThat(answer.fields())
          .noneMatch(field -> field.toLowerCase(ROOT).startsWith("grpc-status"));
      assertThat(answer.body()).isEqualTo(Hex.bytes(ABC + OK));
    }
  }

  @Test
  void aConnectionServesManyCalls() throws IOException {
    try (RawHttp client = new RawHttp(jetty.port())) {
      for (int i = 0; i < 100; i++) {
        assertThat(client.post(ECHO, WEB, Hex.bytes(ABC)).answer().body())
            .isEqualTo(Hex.bytes(ABC + OK));
      }
    }
  }

  @Test
  void aCallWhoseStartThrowsAnErrorOnTheContainersThreadIsNotLeftOpen() throws Exception {
    GrpcWebServer direct =
        GrpcWebServer.builder()
            .directExecutor()
            .addService(service)
            .intercept(
                new ServerInterceptor() {
                  @Override
                  public <Q, R> ServerCall.Listener<Q> interceptCall(
                      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                    throw new AssertionError("part of the test");
                  }
                })
            .build();
    try (JettyServer other = JettyServer.builder().filter(direct).start();
        RawHttp client = new RawHttp(other.port())) {
      client.post(ECHO, WEB, Hex.bytes(ABC)).answer();

      assertThat(direct.shutdown().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aSlowReaderGetsEveryByte() throws IOException {
    try (RawHttp client = new RawHttp(jetty.port(), 4096)) {
      byte[] request =
          CountRequest.newBuilder().setCount(2000).setPayloadSize(2000).build().toByteArray();
      client.post("/grpcweb.test.TestService/Count", WEB, frame(request));
      RawHttp.Answer head = client.head();
      assertThat(head.status()).isEqualTo(200);

      long bytes = 0;
      byte[] last = new byte[0];
      for (byte[] chunk = client.chunk(); chunk.length > 0; chunk = client.chunk()) {
        bytes += chunk.length;
        last = chunk;
      }
      assertThat(bytes).isGreaterThan(2000L * 2000);
      assertThat(Hex.of(last)).endsWith("677270632d7374617475733a20300d0a"); // grpc-status: 0
    }
  }

  @Test
  void aClientThatVanishesWhileItsStreamIsWrittenCancelsTheCall() throws Exception {
    RawHttp client = new RawHttp(jetty.port(), 4096);
    byte[] request =
        CountRequest.newBuilder().setCount(1_000_000).setPayloadSize(2000).build().toByteArray();
    client.post("/grpcweb.test.TestService/Count", WEB, frame(request));
    client.head();
    client.reset();

    assertThat(service.cancelled.get(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anEarlyRejectEndsBeforeTheRestOfTheUploadArrives() throws IOException {
    try (RawHttp client = new RawHttp(jetty.port())) {
      byte[] reject = frame(EchoRequest.newBuilder().setText("reject").build().toByteArray());
      byte[] rest = frame(new byte[1_000_000]);
      client
          .lines(
              "POST /grpcweb.test.TestService/Join HTTP/1.1",
              "Host: localhost",
              "Content-Type: " + WEB,
              "Content-Length: " + (reject.length + rest.length),
              "")
          .bytes(reject);
      RawHttp.Answer answer = client.answer();

      assertThat(new String(answer.body(), US_ASCII)).contains("grpc-status: 9");
      // A server that has given up on the rest, after two seconds, closes the connection.
      client.bytes(rest);
      assertThat(client.post(ECHO, WEB, Hex.bytes(ABC)).answer().body())
          .isEqualTo(Hex.bytes(ABC + OK));
    }
  }

  @Test
  void aRefusedContentTypeIsAnsweredBeforeTheBodyArrivesAndTheConnectionStaysUsable()
      throws IOException {
    try (RawHttp client = new RawHttp(jetty.port())) {
      byte[] body = frame(new byte[1_000_000]);
      client.lines(
          "POST " + ECHO + " HTTP/1.1",
          "Host: localhost",
          "Content-Type: application/grpc-web+foo",
          "Content-Length: " + body.length,
          "");
      assertThat(client.answer().status()).isEqualTo(415);

      client.bytes(body);
      assertThat(client.post(ECHO, WEB, Hex.bytes(ABC)).answer().body())
          .isEqualTo(Hex.bytes(ABC + OK));
    }
  }

  @Test
  void anUploadRejectedEarlyIsReadToItsEndAndTheConnectionStaysUsable() throws IOException {
    try (RawHttp client = new RawHttp(jetty.port())) {
      byte[] reject = frame(EchoRequest.newBuilder().setText("reject").build().toByteArray());
      byte[] large = frame(new byte[1_000_000]);
      client
          .lines(
              "POST /grpcweb.test.TestService/Join HTTP/1.1",
              "Host: localhost",
              "Content-Type: " + WEB,
              "Content-Length: " + (reject.length + large.length),
              "")
          .bytes(reject)
          .bytes(large);
      assertThat(new String(client.answer().body(), US_ASCII)).contains("grpc-status: 9");

      assertThat(client.post(ECHO, WEB, Hex.bytes(ABC)).answer().status()).isEqualTo(200);
    }
  }

  private static byte[] frame(byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }
}

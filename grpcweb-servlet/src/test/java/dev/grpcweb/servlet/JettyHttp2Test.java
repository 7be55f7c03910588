// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.testing.JettyServer;
import dev.grpcweb.servlet.testing.TestCertificate;
import dev.grpcweb.testing.Hex;
import dev.grpcweb.testing.proto.CountRequest;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HTTP/2 over TLS, with the JDK's client. */
final class JettyHttp2Test {
  private static final String WEB = "application/grpc-web+proto";

  private final EchoService service = new EchoService();
  private final GrpcWebServer grpc = GrpcWebServer.builder().addService(service).build();
  private final JettyServer jetty = JettyServer.builder().servlet(grpc, "/*").start();
  private final HttpClient client =
      HttpClient.newBuilder()
          .sslContext(TestCertificate.clientContext())
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  @AfterEach
  void stop() {
    jetty.close();
    grpc.shutdownNow();
  }

  private HttpRequest request(String method, byte[] message) {
    byte[] frame =
        ByteBuffer.allocate(5 + message.length)
            .put((byte) 0)
            .putInt(message.length)
            .put(message)
            .array();
    return HttpRequest.newBuilder(jetty.tlsUri("/grpcweb.test.TestService/" + method))
        .header("content-type", WEB)
        .timeout(Duration.ofMinutes(1))
        .POST(HttpRequest.BodyPublishers.ofByteArray(frame))
        .build();
  }

  @Test
  void aUnaryCallIsAnswered() throws Exception {
    HttpResponse<byte[]> response =
        client.send(
            request("Echo", Hex.bytes("0a03 616263")), HttpResponse.BodyHandlers.ofByteArray());

    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(response.headers().firstValue("content-type")).contains(WEB);
    assertThat(Hex.of(response.body())).startsWith("00000000050a03616263");
    assertThat(new String(response.body(), StandardCharsets.US_ASCII)).contains("grpc-status: 0");
  }

  @Test
  void aLongStreamArrivesWhole() throws Exception {
    byte[] count =
        CountRequest.newBuilder().setCount(1000).setPayloadSize(3000).build().toByteArray();
    HttpResponse<byte[]> response =
        client.send(request("Count", count), HttpResponse.BodyHandlers.ofByteArray());

    assertThat(response.body().length).isGreaterThan(3_000_000);
    assertThat(new String(response.body(), StandardCharsets.US_ASCII))
        .endsWith("grpc-status: 0\r\n");
  }

  @Test
  void aStreamThatTheClientResetsIsCancelledAtOnceThoughNothingIsWritten() throws Exception {
    HttpResponse<InputStream> response =
        client.send(request("Hang", new byte[0]), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(service.begun.get(10, TimeUnit.SECONDS)).isTrue();
    // Inside a callback of a request Jetty may take no notice of its reset.
    await().during(Duration.ofMillis(50)).until(jetty::isAtRest);
    response.body().close();

    assertThat(service.cancelled.get(10, TimeUnit.SECONDS)).isTrue();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ExampleServerTest {

  private static final String METHOD = "/chat.ChatService/StartRealtimePush";
  private static final String ORIGIN = "http://friend.example";
  private static final Duration PERIOD = Duration.ofMillis(200);

  private final LogTap log = new LogTap(RealtimePush.class);
  private final HttpClient client = HttpClient.newHttpClient();
  private ExampleServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        ExampleServer.start(
            "--port",
            "0",
            "--period-ms",
            String.valueOf(PERIOD.toMillis()),
            "--count",
            "3",
            "--allow-origin",
            ORIGIN);
  }

  @AfterEach
  void close() {
    server.close();
    log.close();
  }

  @Test
  void aPushInTextModeArrivesMessageByMessage() throws Exception {
    long begin = System.nanoTime();
    HttpResponse<InputStream> response = send(post(), BodyHandlers.ofInputStream());

    assertThat(response.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/grpc-web-text"));
    try (TextFrames frames = new TextFrames(response)) {
      assertThat(frames.next()).contains("#0001 - 数值: ");
      assertThat(frames.next()).contains("#0002 - 数值: ");
      assertThat(frames.next()).contains("#0003 - 数值: ");
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(PERIOD);
      assertThat(frames.next()).contains("实时推送测试完成！").contains("系统消息");
      assertThat(frames.next()).isEqualTo("grpc-status: 0\r\n");
      assertThat(frames.isAtEnd()).isTrue();
    }
  }

  @Test
  void theFirstMessageIsThereBeforeTheSecondIsMade() throws Exception {
    try (ExampleServer slow = slow()) {
      HttpResponse<InputStream> response = send(post(slow), BodyHandlers.ofInputStream());
      try (TextFrames frames = new TextFrames(response)) {
        assertThat(frames.next()).contains("#0001 - 数值: ");
      }
    }
  }

  @Test
  void aPushEndsAtTheDeadlineThatItsClientSet() throws Exception {
    try (ExampleServer slow = slow()) {
      String frame = "";
      // A message that was too late for one deadline is in time for a longer one.
      for (int millis = 300; !frame.contains("#0001") && millis < 10_000; millis *= 2) {
        HttpResponse<InputStream> response =
            send(post(slow).header("grpc-timeout", millis + "m"), BodyHandlers.ofInputStream());
        try (TextFrames frames = new TextFrames(response)) {
          frame = frames.next();
          String last = frame.contains("#0001") ? frames.next() : frame;
          assertThat(last).contains("grpc-status: 4\r\n");
        }
      }
      assertThat(frame).contains("#0001");
    }
    await().until(() -> log.lines().stream().anyMatch(line -> line.endsWith("deadline passed")));
  }

  @Test
  void aClientThatGoesAwayIsNoticed() throws Exception {
    // So many messages that the push cannot be over before the client has gone.
    try (ExampleServer busy =
        ExampleServer.start("--port", "0", "--period-ms", "20", "--count", "100000")) {
      HttpResponse<InputStream> response = send(post(busy), BodyHandlers.ofInputStream());
      response.body().close();

      await().until(() -> log.lines().stream().anyMatch(line -> line.endsWith(": cancelled")));
    }
  }

  @Test
  void theRootIsThePageAndTheLibrarysJarBringsTheShim() throws Exception {
    assertThat(text("/").body()).contains("<html");
    assertThat(text("/grpcweb/grpc-web-shim.js").body()).contains("GrpcWebClientBase");
    assertThat(text("/chat.js").headers().firstValue("cache-control")).hasValue("no-cache");
    assertThat(text("/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void thePortSpeaksHttp2Too() throws Exception {
    assertThat(text("/").version()).isEqualTo(Version.HTTP_2);
  }

  @Test
  void aVisitToTheMethodsPathIsToldThatAClientIsNeeded() throws Exception {
    assertThat(text(METHOD).body()).contains("gRPC-Web client");
  }

  @Test
  void onlyAnAllowedOriginMayCall() throws Exception {
    HttpResponse<InputStream> friend =
        send(post().header("origin", ORIGIN), BodyHandlers.ofInputStream());
    HttpResponse<InputStream> stranger =
        send(post().header("origin", "http://stranger.example"), BodyHandlers.ofInputStream());

    assertThat(friend.headers().firstValue("access-control-allow-origin")).hasValue(ORIGIN);
    assertThat(stranger.headers().firstValue("access-control-allow-origin")).isEmpty();
    friend.body().close();
    stranger.body().close();
  }

  @Test
  void aRunningPushIsToldThatTheServerCloses() throws Exception {
    server.close();
    server = slow();
    HttpResponse<InputStream> response = send(post(), BodyHandlers.ofInputStream());
    try (TextFrames frames = new TextFrames(response)) {
      assertThat(frames.next()).contains("#0001");
      server.close();
      assertThat(frames.next()).contains("grpc-status: 14\r\n");
    }
  }

  /** Pushes one message; the test will be over before the second. */
  private static ExampleServer slow() throws Exception {
    return ExampleServer.start("--port", "0", "--period-ms", "60000", "--count", "3");
  }

  private HttpRequest.Builder post() {
    return post(server);
  }

  /** An empty request, whose frame of five zeros is "AAAAAAA=". */
  private static HttpRequest.Builder post(ExampleServer server) {
    return HttpRequest.newBuilder(uri(server, METHOD))
        .header("content-type", "application/grpc-web-text")
        .header("x-grpc-web", "1")
        .POST(BodyPublishers.ofString("AAAAAAA="));
  }

  private HttpResponse<String> text(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(server, path)), BodyHandlers.ofString());
  }

  private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body)
      throws IOException, InterruptedException {
    return client.send(request.build(), body);
  }

  private static URI uri(ExampleServer server, String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  /** The frames of a response in text mode, whose base64 may be padded anywhere. */
  private static final class TextFrames implements AutoCloseable {
    private final InputStream text;
    private ByteBuffer decoded = ByteBuffer.allocate(0);

    TextFrames(HttpResponse<InputStream> response) {
      this.text = response.body();
    }

    /** The payload of the next frame. */
    String next() throws IOException {
      int length = ByteBuffer.wrap(take(5)).getInt(1);
      return new String(take(length), StandardCharsets.UTF_8);
    }

    boolean isAtEnd() throws IOException {
      return !decoded.hasRemaining() && text.read() == -1;
    }

    private byte[] take(int count) throws IOException {
      ByteBuffer taken = ByteBuffer.allocate(count);
      while (taken.hasRemaining()) {
        if (!decoded.hasRemaining()) {
          byte[] unit = text.readNBytes(4);
          assertThat(unit).as("four characters").hasSize(4);
          decoded = ByteBuffer.wrap(Base64.getDecoder().decode(unit));
        }
        taken.put(decoded.get());
      }
      return taken.array();
    }

    @Override
    public void close() throws IOException {
      text.close();
    }
  }
}

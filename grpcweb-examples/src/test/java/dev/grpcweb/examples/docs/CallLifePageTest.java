// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.examples.chat.ChatServiceGrpc.ChatServiceImplBase;
import dev.grpcweb.examples.chat.RealtimePushRequest;
import dev.grpcweb.examples.chat.RealtimePushResponse;
import dev.grpcweb.servlet.GrpcWebFilter;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import jakarta.servlet.DispatcherType;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How calls live and end as docs/limits-and-errors.md tells. */
@Timeout(60)
final class CallLifePageTest {
  private static final String BINARY = "application/grpc-web+proto";
  private static final String TEXT = "application/grpc-web-text";

  @Test
  void limitsAreOptionsOfTheBuilder() throws Exception {
    EchoChat service = new EchoChat();
    // snippet: limits
    GrpcWebServer grpc =
        GrpcWebServer.builder()
            .addService(service)
            .maxInboundMessageSize(1 << 20)
            .maxQueuedBytes(1 << 20)
            .maxDeadline(Duration.ofMinutes(10))
            .maxCallAge(Duration.ofHours(1))
            .textKeepAlive(Duration.ofSeconds(30))
            .build();
    // end
    try (DocumentedServer server = DocumentedServer.start(grpc)) {
      byte[] tooLong = WebCall.frame(0, new byte[(1 << 20) + 1]);
      WebCall call = new WebCall(WebCall.http1(), server.base()).header("content-type", BINARY);
      assertThat(call.post(tooLong).trailer("grpc-status")).isEqualTo("8");
    } finally {
      grpc.shutdownNow();
    }
  }

  @Test
  void aServiceStopsWhenItsClientHasGone() throws Exception {
    Feed feed = new Feed();
    GrpcWebServer grpc = GrpcWebServer.builder().addService(new FeedChat(feed)).build();
    try (DocumentedServer server = DocumentedServer.start(grpc)) {
      try (Socket client = call(server, BINARY, WebCall.body("me"))) {
        readHead(client.getInputStream());
      }
      assertThat(feed.awaitStop()).isTrue();
    } finally {
      grpc.shutdownNow();
    }
  }

  @Test
  void aQuietTextStreamNoticesThatItsClientHasGone() throws Exception {
    QuietChat quiet = new QuietChat();
    GrpcWebServer grpc =
        GrpcWebServer.builder().addService(quiet).textKeepAlive(Duration.ofMillis(100)).build();
    try (DocumentedServer server = DocumentedServer.start(grpc)) {
      byte[] body = "AAAAAAA=".getBytes(StandardCharsets.US_ASCII);
      try (Socket client = call(server, TEXT, body)) {
        InputStream in = client.getInputStream();
        readHead(in);
        readTo(in, "AAAA");
        readTo(in, "    ");
      }
      assertThat(quiet.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      grpc.shutdownNow();
    }
  }

  @Test
  void aShutdownLetsCallsFinish() throws Exception {
    GrpcWebServer grpc = GrpcWebServer.builder().addService(new EchoChat()).build();
    ServletContextHandler context = new ServletContextHandler();
    context.addFilter(
        new FilterHolder(new GrpcWebFilter(grpc)), "/*", EnumSet.of(DispatcherType.REQUEST));
    Server jetty = DocumentedServer.local();
    jetty.setHandler(context);
    jetty.start();
    // snippet: shutdown
    grpc.shutdown();
    if (!grpc.awaitTermination(20, TimeUnit.SECONDS)) {
      grpc.shutdownNow();
    }
    jetty.stop();
    // end
    assertThat(grpc.isTerminated()).isTrue();
    assertThat(jetty.isStopped()).isTrue();
  }

  private static Socket call(DocumentedServer server, String contentType, byte[] body)
      throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    String head =
        "POST /%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(WebCall.METHOD, contentType, body.length);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(body);
    return socket;
  }

  private static void readHead(InputStream in) throws IOException {
    assertThat(readTo(in, "\r\n\r\n")).startsWith("HTTP/1.1 200 ");
  }

  private static String readTo(InputStream in, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("no \"" + end + "\" in: " + text);
      }
      text.append((char) next);
    }
    return text.toString();
  }

  private static final class FeedChat extends ChatServiceImplBase {
    private final Feed feed;

    FeedChat(Feed feed) {
      this.feed = feed;
    }

    @Override
    public void startRealtimePush(
        RealtimePushRequest request, StreamObserver<RealtimePushResponse> observer) {
      // snippet: cancellation
      ServerCallStreamObserver<RealtimePushResponse> out =
          (ServerCallStreamObserver<RealtimePushResponse>) observer;
      out.setOnCancelHandler(feed::stop);
      out.setOnReadyHandler(
          () -> {
            while (out.isReady() && feed.hasNext()) {
              out.onNext(feed.next());
            }
          });
      // end
    }
  }

  private static final class QuietChat extends ChatServiceImplBase {
    private final CountDownLatch cancelled = new CountDownLatch(1);

    @Override
    public void startRealtimePush(
        RealtimePushRequest request, StreamObserver<RealtimePushResponse> observer) {
      ServerCallStreamObserver<RealtimePushResponse> out =
          (ServerCallStreamObserver<RealtimePushResponse>) observer;
      out.setOnCancelHandler(cancelled::countDown);
      out.onNext(RealtimePushResponse.newBuilder().setData("the only one").build());
    }
  }
}

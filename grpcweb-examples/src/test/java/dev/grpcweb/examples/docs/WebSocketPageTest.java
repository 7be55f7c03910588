// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.BYTE_ARRAY;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.WebSocketPolicy;
import dev.grpcweb.examples.chat.ChatServiceGrpc.ChatServiceImplBase;
import dev.grpcweb.servlet.GrpcWebFilter;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import jakarta.servlet.DispatcherType;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What docs/websocket.md says, asked of a server. */
final class WebSocketPageTest {
  private static final int PATIENCE_SECONDS = 20;
  private static final Pattern EXAMPLE =
      Pattern.compile("(?<from>client|server) (?<hex>[0-9a-f ]+?)(  // .*)?");

  /** So that the page can show a service without the package that it has here. */
  private static final class ChatService extends ChatServiceImplBase {}

  private final List<Metadata> calls = new ArrayList<>();
  private GrpcWebServer grpc = GrpcWebServer.builder().build();
  private @Nullable DocumentedServer server;

  private static WebSocketPolicy documented() {
    // snippet: websocket
    WebSocketPolicy sockets =
        WebSocketPolicy.builder()
            .multiplexing(true)
            .maxSockets(2_000)
            .maxCallsPerSocket(50)
            .forwardHandshakeHeaders("cookie")
            .pingInterval(Duration.ofSeconds(15))
            .build();
    GrpcWebServer grpc =
        GrpcWebServer.builder().addService(new ChatService()).webSockets(sockets).build();
    // end
    grpc.shutdownNow();
    return sockets;
  }

  private void serve(WebSocketPolicy sockets) throws Exception {
    ServerInterceptor listener =
        new ServerInterceptor() {
          @Override
          public <Q, R> ServerCall.Listener<Q> interceptCall(
              ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            synchronized (calls) {
              calls.add(headers);
            }
            return next.startCall(call, headers);
          }
        };
    grpc =
        GrpcWebServer.builder()
            .addService(new EchoChat())
            .intercept(listener)
            .webSockets(sockets)
            .build();
    ServletContextHandler context = new ServletContextHandler();
    context.addFilter(
        new FilterHolder(new GrpcWebFilter(grpc)), "/*", EnumSet.of(DispatcherType.REQUEST));
    JakartaWebSocketServletContainerInitializer.configure(context, null);
    server = DocumentedServer.start(context);
  }

  @AfterEach
  void stop() {
    grpc.shutdownNow();
    if (server != null) {
      server.close();
    }
  }

  @Test
  void aSocketIsACallAndSeesTheNamedHeadersOfItsHandshake() throws Exception {
    serve(documented());
    Messages messages = new Messages();
    WebSocket socket =
        builder("grpc-websockets")
            .header("cookie", "session=1")
            .header("x-other", "2")
            .buildAsync(uri(WebCall.METHOD), messages)
            .join();
    send(
        socket, "content-type: application/grpc-web+proto\r\n".getBytes(StandardCharsets.US_ASCII));
    byte[] request = WebCall.body("me");
    send(socket, ByteBuffer.allocate(request.length + 1).put((byte) 0).put(request).array());
    send(socket, new byte[] {1});

    assertThat(messages.rest()).last(BYTE_ARRAY).asString().isEqualTo("grpc-status: 0\r\n");
    assertThat(messages.closeCode).isEqualTo(1000);
    Metadata headers = calls.get(0);
    assertThat(headers.get(key("cookie"))).isEqualTo("session=1");
    assertThat(headers.get(key("x-other"))).isNull();
  }

  @Test
  void aPageOfAnotherOriginIsRefused() throws Exception {
    serve(documented());
    assertThatThrownBy(
            () ->
                builder("grpc-websockets")
                    .header("origin", "https://example.com")
                    .buildAsync(uri(WebCall.METHOD), new Messages())
                    .join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
  }

  @Test
  void manyCallsOnASocketSpeakAsTheExampleDoes() throws Exception {
    serve(WebSocketPolicy.builder().multiplexing(true).build());
    Messages messages = new Messages();
    WebSocket socket = builder("grpcweb.mux.v1").buildAsync(uri(""), messages).join();
    for (String line : Markdown.of("docs/websocket.md").block("mux").text().lines().toList()) {
      Matcher example = EXAMPLE.matcher(line);
      assertThat(example.matches()).as(line).isTrue();
      String hex = example.group("hex").replace(" ", "");
      if (example.group("from").equals("client")) {
        send(socket, HexFormat.of().parseHex(hex));
      } else {
        String answer = HexFormat.of().formatHex(messages.next());
        // The head of a real answer says more.
        assertThat(answer).as(line).startsWith(hex);
        assertThat(answer.startsWith("01") || answer.equals(hex)).as(line).isTrue();
      }
    }
    socket.abort();
  }

  private static WebSocket.Builder builder(String subprotocol) {
    return HttpClient.newHttpClient().newWebSocketBuilder().subprotocols(subprotocol);
  }

  private URI uri(String path) {
    if (server == null) {
      throw new IllegalStateException("the server has not been started");
    }
    return URI.create("ws://127.0.0.1:" + server.port() + "/" + path);
  }

  private static void send(WebSocket socket, byte[] message) {
    socket.sendBinary(ByteBuffer.wrap(message), true).join();
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** What has come, message by message. */
  private static final class Messages implements WebSocket.Listener {
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private final LinkedBlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private int closeCode;

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] part = new byte[data.remaining()];
      data.get(part);
      message.writeBytes(part);
      if (last) {
        messages.add(message.toByteArray());
        message.reset();
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closed.completeExceptionally(error);
    }

    /** Waits for the close and returns what came before. */
    List<byte[]> rest() throws Exception {
      closeCode = closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return List.copyOf(messages);
    }

    byte[] next() throws InterruptedException {
      byte[] next = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no message has come");
      }
      return next;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.examples.docs.WebCall.Answer;
import dev.grpcweb.servlet.GrpcWebFilter;
import dev.grpcweb.servlet.GrpcWebServlet;
import jakarta.servlet.DispatcherType;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.http2.WindowRateControl;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The set-ups of docs/servlet-setup.md, each started and called. */
@Timeout(60)
final class ServletSetupPageTest {
  private static final Markdown PAGE = Markdown.of("docs/servlet-setup.md");
  private static final String BINARY = "application/grpc-web+proto";

  /** The type of HTTP/2's first frame. */
  private static final int SETTINGS = 4;

  private final GrpcWebServer grpc = GrpcWebServer.builder().addService(new EchoChat()).build();

  @AfterEach
  void stop() {
    grpc.shutdownNow();
  }

  @Test
  void theServletHasAPathOfItsOwn() throws Exception {
    ServletContextHandler context = new ServletContextHandler("/context");
    // snippet: servlet
    context.addServlet(new ServletHolder(new GrpcWebServlet(grpc)), "/api/*");
    // end
    try (DocumentedServer server = DocumentedServer.start(context)) {
      assertAnswered(WebCall.http1(), server.base().resolve("context/api/"));
      Answer stranger =
          new WebCall(WebCall.http1(), server.base(), "context/api/something/else").get();
      assertThat(stranger.http().statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aPrefixBelongsToThePath() throws Exception {
    ServletContextHandler context = new ServletContextHandler("/context");
    GrpcWebFilter filter = new GrpcWebFilter(grpc).setPrefix("/api");
    context.addFilter(new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST));
    try (DocumentedServer server = DocumentedServer.start(context)) {
      assertAnswered(WebCall.http1(), server.base().resolve("context/api/"));
      // Handed on; then it is Jetty that knows no POST there.
      assertThat(status(server.base().resolve("context/"))).isEqualTo(405);
      assertThat(status(server.base().resolve("context/x/api/"))).isEqualTo(405);
    }
  }

  @Test
  void withoutAsyncSupportACallFails() throws Exception {
    ServletContextHandler context = new ServletContextHandler();
    FilterHolder holder = new FilterHolder(new GrpcWebFilter(grpc));
    holder.setAsyncSupported(false);
    context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
    try (DocumentedServer server = DocumentedServer.start(context)) {
      assertThat(status(server.base())).isEqualTo(500);
    }
  }

  @Test
  void theDescriptorIsDeployed(@TempDir Path war) throws Exception {
    WebAppContext context = webApp(war, PAGE.block("web-xml").text());
    try (DocumentedServer server = DocumentedServer.start(context)) {
      URI base = server.base().resolve("app/api/");
      assertAnswered(WebCall.http1(), base);
      assertThat(Preflight.allowedOrigin(base, "https://admin.example.org"))
          .isEqualTo("https://admin.example.org");
      assertThat(Preflight.allowedOrigin(base, "https://evil.example.org")).isEmpty();
    }
  }

  @Test
  void theListenerLeavesTheServerForTheServlet(@TempDir Path war) throws Exception {
    String descriptor =
        """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
          <listener>
            <listener-class>dev.grpcweb.examples.docs.GrpcStart</listener-class>
          </listener>
          <servlet>
            <servlet-name>grpc-web</servlet-name>
            <servlet-class>dev.grpcweb.servlet.GrpcWebServlet</servlet-class>
            <async-supported>true</async-supported>
          </servlet>
          <servlet-mapping>
            <servlet-name>grpc-web</servlet-name>
            <url-pattern>/rpc/*</url-pattern>
          </servlet-mapping>
        </web-app>
        """;
    WebAppContext context = webApp(war, descriptor);
    try (DocumentedServer server = DocumentedServer.start(context)) {
      assertAnswered(WebCall.http1(), server.base().resolve("app/rpc/"));
      Object left = context.getServletContext().getAttribute(GrpcWebServlet.SERVER_ATTRIBUTE);
      assertThat(left).isInstanceOfSatisfying(GrpcWebServer.class, made -> made.shutdownNow());
    }
  }

  private static WebAppContext webApp(Path war, String descriptor) throws Exception {
    Path file = Files.createDirectories(war.resolve("WEB-INF")).resolve("web.xml");
    Files.writeString(file, descriptor);
    WebAppContext context = new WebAppContext(war.toString(), "/app");
    // The services of this example are on the test's class path, not in the war.
    context.setParentLoaderPriority(true);
    context.setThrowUnavailableOnStartupException(true);
    return context;
  }

  @Test
  void oneJettyPortSpeaksBothVersions() throws Exception {
    int port = 0;
    // snippet: jetty
    Server jetty = new Server();
    HttpConfiguration http = new HttpConfiguration();
    HTTP2CServerConnectionFactory http2 = new HTTP2CServerConnectionFactory(http);
    http2.setMaxConcurrentStreams(1024);
    http2.setStreamIdleTimeout(-1);
    http2.setRateControlFactory(new WindowRateControl.Factory(1000));
    ServerConnector connector = new ServerConnector(jetty, new HttpConnectionFactory(http), http2);
    connector.setPort(port);
    jetty.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addFilter(
        new FilterHolder(new GrpcWebFilter(grpc)), "/*", EnumSet.of(DispatcherType.REQUEST));
    jetty.setHandler(context);
    jetty.start();
    // end
    try {
      URI base = URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/");
      assertAnswered(WebCall.http1(), base);
      assertThat(answerToPreface(connector.getLocalPort())).isEqualTo(SETTINGS);
    } finally {
      jetty.stop();
    }
  }

  /** Begins HTTP/2 without asking, and returns the type of the first frame that comes back. */
  private static int answerToPreface(int port) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
      socket.getOutputStream().write(preface);
      socket.getOutputStream().write(new byte[] {0, 0, 0, SETTINGS, 0, 0, 0, 0, 0});
      return socket.getInputStream().readNBytes(4)[3];
    }
  }

  @Test
  void anAnswerMayBeQuietForLongerThanTheIdleTimeOut() throws Exception {
    try (DocumentedServer server = idleAfter(Duration.ofMillis(700))) {
      Answer answer =
          new WebCall(WebCall.http1(), server.base())
              .header("content-type", BINARY)
              .post(WebCall.body(EchoChat.SLOW));
      assertThat(answer.messages()).containsExactly("first", "second");
      assertThat(answer.trailer("grpc-status")).isEqualTo("0");
    }
  }

  @Test
  void aRequestThatPausesForLongerIsCutOff() throws Exception {
    try (DocumentedServer server = idleAfter(Duration.ofMillis(700));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String head =
          "POST /%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: 10\r\n\r\n"
              .formatted(WebCall.METHOD, BINARY);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 400 ");
    }
  }

  private DocumentedServer idleAfter(Duration timeout) throws Exception {
    DocumentedServer server = DocumentedServer.start(grpc);
    // Classes are loaded by a call that does not count.
    assertAnswered(WebCall.http1(), server.base());
    server.connector().setIdleTimeout(timeout.toMillis());
    return server;
  }

  @Test
  void theIdleTimeOutIsTheConnectors() throws Exception {
    try (DocumentedServer server = DocumentedServer.start(grpc)) {
      ServerConnector connector = server.connector();
      assertThat(connector.getIdleTimeout()).isEqualTo(30_000);
      // snippet: idle
      connector.setIdleTimeout(Duration.ofMinutes(10).toMillis());
      // end
      assertAnswered(WebCall.http1(), server.base());
    }
  }

  @Test
  void aContextTakesWebSockets() throws Exception {
    ServletContextHandler context = new ServletContextHandler();
    context.addFilter(
        new FilterHolder(new GrpcWebFilter(grpc)), "/*", EnumSet.of(DispatcherType.REQUEST));
    // snippet: jetty-websocket
    JakartaWebSocketServletContainerInitializer.configure(context, null);
    // end
    try (DocumentedServer server = DocumentedServer.start(context)) {
      WebSocket socket = open(server).join();
      assertThat(socket.getSubprotocol()).isEqualTo("grpc-websockets");
      socket.abort();
    }
  }

  @Test
  void withoutThemAHandshakeIsToldSo() throws Exception {
    try (DocumentedServer server = DocumentedServer.start(grpc)) {
      assertThatThrownBy(() -> open(server).join())
          .cause()
          .isInstanceOfSatisfying(
              WebSocketHandshakeException.class,
              refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(501));
    }
  }

  private static CompletableFuture<WebSocket> open(DocumentedServer server) {
    URI method = URI.create("ws://127.0.0.1:" + server.port() + "/" + WebCall.METHOD);
    return HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .subprotocols("grpc-websockets")
        .buildAsync(method, new WebSocket.Listener() {});
  }

  @Test
  void overTlsBrowsersGetHttp2(@TempDir Path folder) throws Exception {
    Path keyStore = folder.resolve("keys.p12");
    String password = "changeit";
    SelfSigned.makeKeyStore(keyStore, password);
    Server jetty = new Server();
    // snippet: tls
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setKeyStorePath(keyStore.toString());
    ssl.setKeyStorePassword(password);
    HttpConfiguration https = new HttpConfiguration();
    https.addCustomizer(new SecureRequestCustomizer());
    HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(https);
    http2.setStreamIdleTimeout(-1);
    http2.setRateControlFactory(new WindowRateControl.Factory(1000));
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol("http/1.1");
    ServerConnector connector =
        new ServerConnector(
            jetty,
            new SslConnectionFactory(ssl, alpn.getProtocol()),
            alpn,
            http2,
            new HttpConnectionFactory(https));
    // end
    jetty.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    context.addFilter(
        new FilterHolder(new GrpcWebFilter(grpc)), "/*", EnumSet.of(DispatcherType.REQUEST));
    jetty.setHandler(context);
    try (DocumentedServer server = DocumentedServer.start(jetty)) {
      URI base = URI.create("https://localhost:" + server.port() + "/");
      HttpClient client =
          HttpClient.newBuilder().sslContext(SelfSigned.trusting(keyStore, password)).build();
      Answer answer = assertAnswered(client, base);
      assertThat(answer.http().version()).isEqualTo(HttpClient.Version.HTTP_2);
    }
  }

  private static Answer assertAnswered(HttpClient client, URI base) throws Exception {
    Answer answer =
        new WebCall(client, base).header("content-type", BINARY).post(WebCall.body("abc"));
    assertThat(answer.http().statusCode()).isEqualTo(200);
    assertThat(answer.messages()).containsExactly("abc");
    assertThat(answer.trailer("grpc-status")).isEqualTo("0");
    return answer;
  }

  private static int status(URI base) throws Exception {
    Answer answer =
        new WebCall(WebCall.http1(), base).header("content-type", BINARY).post(WebCall.body("abc"));
    return answer.http().statusCode();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.testing.JettyServer;
import dev.grpcweb.servlet.testing.RawHttp;
import dev.grpcweb.testing.Hex;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exceptions that nobody expects, from the container or from the core: they end their call, are
 * logged once, and the client does not get to see their text.
 */
final class JettyFaultTest {
  private static final String SECRET = "a secret of the server";
  private static final String ECHO = "/grpcweb.test.TestService/Echo";
  private static final String WEB = "application/grpc-web+proto";
  // EchoRequest{text: "abc"}
  private static final byte[] ABC = Hex.bytes("00 00000005 0a03 616263");

  private final LoggedFaults logged = new LoggedFaults();

  @BeforeEach
  void listen() {
    LoggedFaults.LOGGER.addHandler(logged);
    LoggedFaults.LOGGER.setUseParentHandlers(false);
  }

  @AfterEach
  void listenNoMore() {
    LoggedFaults.LOGGER.removeHandler(logged);
    LoggedFaults.LOGGER.setUseParentHandlers(true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "request.getMethod",
        "request.getHeader",
        "request.getHeaders",
        "request.getProtocol",
        "request.getInputStream",
        "request.isAsyncSupported",
        "request.startAsync",
        "response.getOutputStream",
        "response.setStatus",
        "response.setContentType",
        "input.setReadListener",
        "output.setWriteListener",
        "output.isReady",
        "output.write"
      })
  void aMethodOfTheContainerThatThrowsEndsTheCall(String method) throws Exception {
    Throwing throwing = new Throwing(method);
    GrpcWebServer grpc = GrpcWebServer.builder().addService(new EchoService()).build();
    try (JettyServer jetty = JettyServer.builder().filter(throwing).filter(grpc).start()) {
      RawHttp.Answer answer = echo(jetty);

      assertThat(throwing.thrown).hasValue(1);
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.text()).isEmpty();
      assertThat(logged.messages).containsExactly(SECRET);
      assertThat(echo(jetty).text()).contains("abc", "grpc-status: 0");
      grpc.shutdown();
      assertThat(grpc.awaitTermination(10, TimeUnit.SECONDS)).as("no call is left").isTrue();
    } finally {
      grpc.shutdownNow();
    }
  }

  /** Jetty throws such exceptions too where a client has broken the rules of HTTP. */
  @ParameterizedTest
  @ValueSource(strings = {"input.isReady", "input.read"})
  void aRequestThatCannotBeReadIsTheClientsMatter(String method) throws Exception {
    Throwing throwing = new Throwing(method);
    GrpcWebServer grpc = GrpcWebServer.builder().addService(new EchoService()).build();
    try (JettyServer jetty = JettyServer.builder().filter(throwing).filter(grpc).start()) {
      RawHttp.Answer answer = echo(jetty);

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).isEmpty();
      assertThat(logged.messages).isEmpty();
      grpc.shutdown();
      assertThat(grpc.awaitTermination(10, TimeUnit.SECONDS)).as("no call is left").isTrue();
    } finally {
      grpc.shutdownNow();
    }
  }

  private static RawHttp.Answer echo(JettyServer jetty) throws IOException {
    try (RawHttp client = new RawHttp(jetty.port())) {
      return client.post(ECHO, WEB, ABC).answer();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"opened", "received", "receivedEnd", "writable"})
  void aCoreThatThrowsIsToldThatItsCallIsOver(String method) throws IOException {
    Opener opener = new Opener(method);
    try (JettyServer jetty = JettyServer.builder().servlet(opener, "/*").start();
        RawHttp client = new RawHttp(jetty.port())) {
      RawHttp.Answer answer = client.post("/", WEB, ABC).answer();

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.text()).isEmpty();
      // The client may have its answer before the core is told.
      ThrowingCore core = opener.core.join();
      await().untilAsserted(() -> assertThat(core.events()).endsWith("disconnected " + SECRET));
      assertThat(logged.messages).containsExactly(SECRET);
    }
  }

  @Test
  void aCoreThatThrowsWhenAllIsSaidHasSaidIt() throws IOException {
    Opener opener = new Opener("completed");
    try (JettyServer jetty = JettyServer.builder().servlet(opener, "/*").start();
        RawHttp client = new RawHttp(jetty.port())) {
      RawHttp.Answer answer = client.post("/", WEB, ABC).answer();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("all");
      await().untilAsserted(() -> assertThat(logged.messages).containsExactly(SECRET));
      assertThat(opener.core.join().events()).noneMatch(event -> event.startsWith("disconnected"));
    }
  }

  /** The messages of the exceptions that were logged. */
  private static final class LoggedFaults extends Handler {
    private static final Logger LOGGER = Logger.getLogger("dev.grpcweb");

    private final Queue<String> messages = new ConcurrentLinkedQueue<>();

    @Override
    public void publish(LogRecord fault) {
      messages.add(String.valueOf(fault.getThrown().getMessage()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static final class Opener extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient CompletableFuture<ThrowingCore> core = new CompletableFuture<>();
    private final String throwing;

    Opener(String throwing) {
      this.throwing = throwing;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      ServletExchange exchange =
          new ServletExchange(
              request,
              response,
              Container.of(getServletContext()),
              CorsGrant.of(CorsPolicy.sameOrigin(), request),
              new ServletTimer());
      core.complete(new ThrowingCore(throwing, exchange));
      exchange.start(core.join());
    }
  }

  /** Reads everything and then answers, unless it throws before. */
  private static final class ThrowingCore extends RecordingInput {
    private final String throwing;
    private final ServletExchange exchange;

    ThrowingCore(String throwing, ServletExchange exchange) {
      this.throwing = throwing;
      this.exchange = exchange;
    }

    private void at(String method) {
      if (method.equals(throwing)) {
        throw new IllegalStateException(SECRET);
      }
    }

    @Override
    public void opened() {
      super.opened();
      at("opened");
      if (throwing.equals("writable")) {
        exchange.isWritable();
      } else {
        exchange.resumeReading();
      }
    }

    @Override
    public void received(byte[] bytes, int offset, int length) {
      super.received(bytes, offset, length);
      at("received");
      exchange.resumeReading();
    }

    @Override
    public void receivedEnd() {
      super.receivedEnd();
      at("receivedEnd");
      byte[] answer = "all".getBytes(StandardCharsets.US_ASCII);
      exchange.begin(new ResponseHead(200, new Headers().add("content-type", WEB)));
      exchange.write(answer, 0, answer.length);
      exchange.end(new Headers());
    }

    @Override
    public void writable() {
      super.writable();
      at("writable");
    }

    @Override
    public void completed() {
      super.completed();
      at("completed");
    }
  }

  /** Has one method of the container throw, the first time that it is called. */
  private static final class Throwing extends HttpFilter {
    private static final long serialVersionUID = 1;

    private final String method;
    private final AtomicInteger thrown = new AtomicInteger();

    Throwing(String method) {
      this.method = method;
    }

    private void at(String called) {
      if (called.equals(method) && thrown.compareAndSet(0, 1)) {
        throw new IllegalArgumentException(SECRET);
      }
    }

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      chain.doFilter(
          wrap(HttpServletRequest.class, "request", request),
          wrap(HttpServletResponse.class, "response", response));
    }

    private <T> T wrap(Class<T> type, String name, T wrapped) {
      return type.cast(
          Proxy.newProxyInstance(
              Throwing.class.getClassLoader(),
              new Class<?>[] {type},
              (proxy, called, arguments) -> {
                at(name + "." + called.getName());
                try {
                  Object result = called.invoke(wrapped, arguments);
                  return switch (called.getName()) {
                    case "getInputStream" -> new Input((ServletInputStream) result);
                    case "getOutputStream" -> new Output((ServletOutputStream) result);
                    default -> result;
                  };
                } catch (InvocationTargetException e) {
                  throw e.getTargetException();
                }
              }));
    }

    private final class Input extends ServletInputStream {
      private final ServletInputStream stream;

      Input(ServletInputStream stream) {
        this.stream = stream;
      }

      @Override
      public boolean isFinished() {
        return stream.isFinished();
      }

      @Override
      public boolean isReady() {
        at("input.isReady");
        return stream.isReady();
      }

      @Override
      public void setReadListener(ReadListener listener) {
        at("input.setReadListener");
        stream.setReadListener(listener);
      }

      @Override
      public int read() throws IOException {
        return stream.read();
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        at("input.read");
        return stream.read(bytes, offset, length);
      }
    }

    private final class Output extends ServletOutputStream {
      private final ServletOutputStream stream;

      Output(ServletOutputStream stream) {
        this.stream = stream;
      }

      @Override
      public boolean isReady() {
        at("output.isReady");
        return stream.isReady();
      }

      @Override
      public void setWriteListener(WriteListener listener) {
        at("output.setWriteListener");
        stream.setWriteListener(listener);
      }

      @Override
      public void write(int one) throws IOException {
        stream.write(one);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        at("output.write");
        stream.write(bytes, offset, length);
      }

      @Override
      public void flush() throws IOException {
        stream.flush();
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    }
  }
}

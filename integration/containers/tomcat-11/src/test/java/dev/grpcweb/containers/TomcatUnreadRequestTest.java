// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.servlet.GrpcWebServlet;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.AccessLog;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.awaitility.Awaitility;
import org.eclipse.jetty.http2.api.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A request over HTTP/2 is answered and not read. Tomcat never gives the connection's window back
 * what it had received of it, if the client has ended the request, or resets it between the end of
 * the response and Tomcat's next look. 65,535 such bytes, and no request with a body gets through
 * on that connection any more.
 */
final class TomcatUnreadRequestTest {
  private static final int WINDOW = 65_535;
  private static final int SIZE = 30_000;
  private static final String GRPC = "application/grpc";

  @Test
  void aServletThatDoesNotReadTakesTheConnectionsWindow() throws Exception {
    assertThat(windowBehind(new Deaf(), GRPC, true, End.COMPLETE)).isEqualTo(WINDOW - SIZE);
  }

  @Test
  void aServletWhoseResponseMeetsAResetTakesItToo() throws Exception {
    assertThat(windowBehind(new Deaf(), GRPC, true, End.RESET)).isEqualTo(WINDOW - SIZE);
  }

  @ParameterizedTest
  @CsvSource({
    "application/grpc, true",
    "application/grpc, false",
    "application/grpc-web, true",
    "application/grpc+unknown, true",
    "application/grpc+unknown, false",
    "text/plain, false"
  })
  void aCallThatIsRefusedLeavesTheWindowWhole(String contentType, boolean length) throws Exception {
    assertThat(windowBehind(door(), contentType, length, End.COMPLETE)).isEqualTo(WINDOW);
  }

  @Test
  void aCallThatIsRefusedAndThenResetLeavesTheWindowWhole() throws Exception {
    assertThat(windowBehind(door(), GRPC, false, End.RESET)).isEqualTo(WINDOW);
  }

  @Test
  void aCallThatIsResetInServiceLeavesTheWindowWhole() throws Exception {
    Server server = new Server(door());
    server.ending.opened.complete(null);
    server.gate.opened.complete(null);
    server.gate.closed = new CompletableFuture<>();
    try (server;
        Caller caller = new Caller(server.port())) {
      Stream stream = caller.open(GRPC, -1);
      caller.send(stream, SIZE, false);
      Caller.await(server.gate.served);
      caller.reset(stream);
      server.gate.closed.complete(null);
      Awaitility.await().atMost(60, TimeUnit.SECONDS).until(server::isAtRest);
      caller.ping();
      assertThat(caller.session.getSendWindow()).isEqualTo(WINDOW);
    }
  }

  /**
   * Answered in the middle, some clients end the request there, which Tomcat takes for an error.
   */
  @Test
  void aRefusalWaitsForTheLengthThatWasPromised() throws Exception {
    Server server = new Server(door());
    server.ending.opened.complete(null);
    server.gate.opened.complete(null);
    try (server;
        Caller caller = new Caller(server.port())) {
      Stream stream = caller.open(GRPC, SIZE);
      caller.send(stream, SIZE / 2, false);
      // Time in which nothing has to happen.
      Thread.sleep(100);
      assertThat(caller.answer.begin).isNotDone();
      caller.send(stream, SIZE / 2, true);
      Caller.await(caller.answer.end);
    }
  }

  /** How the client ends its request. */
  private enum End {
    /** In its last frame, before it is answered. */
    COMPLETE,
    /** By a reset behind the end of the response. */
    RESET
  }

  private static Servlet door() {
    return new GrpcWebServlet(TomcatResetInServiceTest.openCalls());
  }

  /** Returns what the client may send on the connection when a request has been dealt with. */
  private static int windowBehind(Servlet servlet, String contentType, boolean length, End end)
      throws Exception {
    Server server = new Server(servlet);
    try (server;
        Caller caller = new Caller(server.port())) {
      Stream stream = caller.open(contentType, length ? SIZE : -1);
      caller.send(stream, SIZE, end == End.COMPLETE);
      // Frames are read in their order, so an answer to this one means that the body was read.
      caller.ping();
      server.gate.opened.complete(null);
      Caller.await(caller.answer.end);
      if (end == End.RESET) {
        caller.reset(stream);
      }
      server.ending.opened.complete(null);
      Awaitility.await().atMost(60, TimeUnit.SECONDS).until(server::isAtRest);
      caller.ping();
      return caller.session.getSendWindow();
    }
  }

  /** Tomcat with one servlet. */
  private static final class Server implements AutoCloseable {
    final Gate gate;
    final Ending ending = new Ending();
    private final Tomcat tomcat = new Tomcat();

    Server(Servlet servlet) throws LifecycleException {
      gate = new Gate(servlet);
      Connector connector = new Connector();
      connector.setPort(0);
      connector.setProperty("address", "127.0.0.1");
      connector.setProperty("useAsyncIO", "false");
      connector.addUpgradeProtocol(new Http2Protocol());
      tomcat.setBaseDir(Path.of("target", "tomcat").toAbsolutePath().toString());
      tomcat.setConnector(connector);
      Context context = tomcat.addContext("", null);
      context.getPipeline().addValve(ending);
      Wrapper wrapper = Tomcat.addServlet(context, "gate", gate);
      wrapper.setAsyncSupported(true);
      wrapper.addMapping("/*");
      tomcat.start();
    }

    int port() {
      return tomcat.getConnector().getLocalPort();
    }

    boolean isAtRest() {
      AbstractProtocol<?> protocol =
          (AbstractProtocol<?>) tomcat.getConnector().getProtocolHandler();
      return protocol.getExecutor() instanceof ThreadPoolExecutor pool
          && pool.getActiveCount() == 0;
    }

    @Override
    public void close() throws LifecycleException {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  /** Lets a request in when all of it is there, and out of service. */
  private static final class Gate extends HttpServlet {
    private static final long serialVersionUID = 1;

    final transient CompletableFuture<Void> opened = new CompletableFuture<>();
    final transient CompletableFuture<Void> served = new CompletableFuture<>();
    transient volatile CompletableFuture<Void> closed = CompletableFuture.completedFuture(null);
    private final transient Servlet servlet;

    Gate(Servlet servlet) {
      this.servlet = servlet;
    }

    @Override
    public void init() throws ServletException {
      servlet.init(getServletConfig());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      opened.orTimeout(60, TimeUnit.SECONDS).join();
      servlet.service(request, response);
      served.complete(null);
      closed.orTimeout(60, TimeUnit.SECONDS).join();
    }
  }

  /** Uses nothing of this library, and does not read. */
  private static final class Deaf extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }
  }

  /** Keeps a request between the end of its response and what Tomcat does then. */
  private static final class Ending extends ValveBase implements AccessLog {
    final CompletableFuture<Void> opened = new CompletableFuture<>();

    Ending() {
      super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
      getNext().invoke(request, response);
    }

    @Override
    public void log(Request request, Response response, long time) {
      opened.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void setRequestAttributesEnabled(boolean enabled) {}

    @Override
    public boolean getRequestAttributesEnabled() {
      return false;
    }
  }
}

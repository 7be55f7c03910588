// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.GrpcWebServlet;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/**
 * A client resets its stream while {@code service} is running. Tomcat closes the connection then,
 * with all its other streams, unless the servlet completes the request when it is told.
 */
final class TomcatResetInServiceTest {
  @Test
  void aServletThatLeavesTheErrorToTomcatLosesTheConnection() throws Exception {
    assertThat(outcomeWith(new Listening(false))).isEqualTo(Outcome.GOAWAY);
  }

  @Test
  void aServletThatCompletesInOnErrorKeepsTheConnection() throws Exception {
    assertThat(outcomeWith(new Listening(true))).isEqualTo(Outcome.ANSWER);
  }

  @Test
  void aCallThatIsResetLeavesTheConnectionAlone() throws Exception {
    assertThat(outcomeWith(new GrpcWebServlet(openCalls()))).isEqualTo(Outcome.ANSWER);
  }

  private enum Outcome {
    /** The connection served another request. */
    ANSWER,
    /** The connection was closed. */
    GOAWAY
  }

  /** Resets a request to the servlet while it is kept inside service. */
  private static Outcome outcomeWith(Servlet servlet) throws Exception {
    Held held = new Held(servlet);
    Tomcat tomcat = start(held);
    HTTP2Client client = new HTTP2Client();
    client.start();
    try {
      InetSocketAddress address =
          new InetSocketAddress(
              InetAddress.getLoopbackAddress(), tomcat.getConnector().getLocalPort());
      Events events = new Events();
      Session session = await(client.connect(address, events));
      Stream stream =
          await(session.newStream(head("/test.Open/Call", false), new Stream.Listener() {}));
      await(held.entered);
      stream.reset(
          new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
      // Frames are read in their order, so an answer to this one means that the reset was read.
      session.ping(new PingFrame(1, false), Callback.NOOP);
      await(events.pong);
      CompletableFuture<Stream> unused =
          held.completed.thenCompose(
              done -> session.newStream(head("/other", true), events.answer()));
      held.released.complete(null);
      return await(events.outcome);
    } finally {
      client.stop();
      tomcat.stop();
      tomcat.destroy();
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private static HeadersFrame head(String path, boolean last) {
    HttpFields fields = HttpFields.build().put("content-type", "application/grpc-web");
    HttpURI uri = HttpURI.from("http://127.0.0.1" + path);
    return new HeadersFrame(
        new MetaData.Request("POST", uri, HttpVersion.HTTP_2, fields), null, last);
  }

  private static Tomcat start(HttpServlet servlet) throws LifecycleException {
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("useAsyncIO", "false");
    Http2Protocol http2 = new Http2Protocol();
    // On a busy machine the defaults may end the connection before the test has.
    http2.setReadTimeout(60_000);
    http2.setKeepAliveTimeout(60_000);
    connector.addUpgradeProtocol(http2);
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Path.of("target", "tomcat").toAbsolutePath().toString());
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", null);
    Wrapper wrapper = Tomcat.addServlet(context, "held", servlet);
    wrapper.setAsyncSupported(true);
    wrapper.addMapping("/*");
    tomcat.start();
    return tomcat;
  }

  /** A service whose calls wait for requests and never end by themselves. */
  static GrpcWebServer openCalls() {
    MethodDescriptor.Marshaller<InputStream> bytes =
        new MethodDescriptor.Marshaller<>() {
          @Override
          public InputStream stream(InputStream value) {
            return value;
          }

          @Override
          public InputStream parse(InputStream stream) {
            return stream;
          }
        };
    MethodDescriptor<InputStream, InputStream> method =
        MethodDescriptor.newBuilder(bytes, bytes)
            .setFullMethodName("test.Open/Call")
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .build();
    return GrpcWebServer.builder()
        .addService(
            ServerServiceDefinition.builder("test.Open")
                .addMethod(method, (call, headers) -> new ServerCall.Listener<>() {})
                .build())
        .build();
  }

  /** What the client hears. */
  private static final class Events implements Session.Listener {
    final CompletableFuture<Void> pong = new CompletableFuture<>();
    final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    @Override
    public void onPing(Session session, PingFrame frame) {
      if (frame.isReply()) {
        pong.complete(null);
      }
    }

    @Override
    public void onGoAway(Session session, GoAwayFrame frame) {
      outcome.complete(Outcome.GOAWAY);
    }

    Stream.Listener answer() {
      return new Stream.Listener() {
        @Override
        public void onHeaders(Stream stream, HeadersFrame frame) {
          outcome.complete(Outcome.ANSWER);
        }
      };
    }
  }

  /** Keeps the first request inside service; answers others by a status. */
  private static final class Held extends HttpServlet {
    private static final long serialVersionUID = 1;

    final transient CompletableFuture<Void> entered = new CompletableFuture<>();
    final transient CompletableFuture<Void> released = new CompletableFuture<>();
    final transient CompletableFuture<Void> completed = new CompletableFuture<>();
    private final transient Servlet servlet;

    Held(Servlet servlet) {
      this.servlet = servlet;
    }

    @Override
    public void init() throws ServletException {
      servlet.init(getServletConfig());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      if (request.getRequestURI().equals("/other")) {
        return;
      }
      servlet.service(request, response);
      request.getAsyncContext().addListener(new Ends(event -> {}, () -> completed.complete(null)));
      entered.complete(null);
      released.orTimeout(60, TimeUnit.SECONDS).join();
    }
  }

  /** Uses nothing of this library. */
  private static final class Listening extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final boolean completes;

    Listening(boolean completes) {
      this.completes = completes;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
      AsyncContext context = request.startAsync();
      context.setTimeout(0);
      context.addListener(
          new Ends(
              event -> {
                if (completes) {
                  event.getAsyncContext().complete();
                }
              },
              () -> {}));
    }
  }

  private record Ends(Consumer<AsyncEvent> failed, Runnable completed) implements AsyncListener {
    @Override
    public void onError(AsyncEvent event) {
      failed.accept(event);
    }

    @Override
    public void onComplete(AsyncEvent event) {
      completed.run();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      // There is none.
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      // There is one cycle.
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.testing.proto.CountRequest;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/**
 * A write that Jetty says has failed, although its bytes have left: so it is when the idle time-out
 * passes during a write.
 */
final class JettyFailedWriteTest {
  @Test
  void aResponseThatIsCutOffDoesNotLookComplete() throws Exception {
    EchoService service = new EchoService();
    GrpcWebServer grpc = GrpcWebServer.builder().addService(service).build();
    ServletContextHandler context = new ServletContextHandler();
    context.addFilter(
        new FilterHolder(new GrpcWebFilter(grpc)), "/*", EnumSet.of(DispatcherType.REQUEST));
    Server jetty = new Server();
    ServerConnector connector = new ServerConnector(jetty);
    connector.setHost("127.0.0.1");
    jetty.addConnector(connector);
    jetty.setHandler(new FailingWrite(context));
    jetty.start();
    try {
      URI base = URI.create("http://127.0.0.1:" + connector.getLocalPort());
      assertThatThrownBy(() -> count(base)).isInstanceOf(IOException.class);
      assertThat(service.cancelled.join()).isTrue();
    } finally {
      grpc.shutdownNow();
      jetty.stop();
    }
  }

  private static HttpResponse<byte[]> count(URI base) throws Exception {
    byte[] message =
        CountRequest.newBuilder().setCount(1000).setPayloadSize(1000).build().toByteArray();
    ByteBuffer frame = ByteBuffer.allocate(5 + message.length).put((byte) 0);
    frame.putInt(message.length).put(message);
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("/grpcweb.test.TestService/Count"))
            .header("content-type", "application/grpc-web+proto")
            .POST(HttpRequest.BodyPublishers.ofByteArray(frame.array()))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Sends everything, but says of the fifth write that it has failed. */
  private static final class FailingWrite extends Handler.Wrapper {
    private static final int FAILS = 5;

    FailingWrite(Handler handler) {
      super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      AtomicInteger writes = new AtomicInteger();
      Response failing =
          new Response.Wrapper(request, response) {
            @Override
            public void write(boolean last, ByteBuffer bytes, Callback done) {
              boolean fails = writes.incrementAndGet() == FAILS;
              TimeoutException idle = new TimeoutException("Idle timeout expired");
              super.write(
                  last, bytes, fails ? Callback.from(() -> done.failed(idle), done::failed) : done);
            }
          };
      return super.handle(request, failing, callback);
    }
  }
}

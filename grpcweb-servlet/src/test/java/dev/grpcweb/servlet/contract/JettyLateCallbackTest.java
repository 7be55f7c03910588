// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.testing.JettyServer;
import io.grpc.Status;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A read callback of Jetty that a thread has taken up and not yet made, while the call ends that it
 * belongs to. Once that request is completed Jetty has the next one of the connection served by the
 * same objects: it would be called in its place, and answered with HTTP status 500.
 */
final class JettyLateCallbackTest {
  private static final String TURN = "x-turn";
  private static final String PATH = ClientCall.path("", "Echo");
  private static final byte[] HELLO = Format.BINARY.messages("hello");

  private final CountDownLatch taken = new CountDownLatch(1);
  private final CountDownLatch due = new CountDownLatch(1);
  private final CountDownLatch made = new CountDownLatch(1);
  private final CountDownLatch secondLeft = new CountDownLatch(1);

  @Test
  @Timeout(60)
  void aCallThatEndsBeforeItsRequestLeavesTheNextOneAlone() throws Exception {
    GrpcWebServer grpc = GrpcWebServer.builder().addService(new TextsService()).build();
    try (JettyServer jetty =
            JettyServer.builder()
                .around(LateCallback::new)
                .filter(new Turnstile())
                .filter(grpc)
                .start();
        Clients clients = new Clients();
        HttpConnection connection = Protocol.H2C.connect(new JettySite(jetty), clients)) {
      // Classes are loaded now, and not while the first call waits, which it does not do for ever.
      HttpExchange zeroth = connection.request("POST", PATH, fields("zeroth"), HELLO);
      assertThat(new ClientCall(Format.BINARY, zeroth).rest()).containsExactly("hello");

      Map<String, String> refused = fields("first");
      refused.put("grpc-timeout", "soon");
      HttpExchange first = connection.request("POST", PATH, refused, HELLO);
      assertThat(new ClientCall(Format.BINARY, first).code())
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
      // Time for a completion that should not come yet.
      Patience.pause();

      HttpExchange second = connection.open("POST", PATH, fields("second"));
      await(secondLeft);
      second.send(HELLO);
      second.end();
      assertThat(new ClientCall(Format.BINARY, second).rest()).containsExactly("hello");
    } finally {
      grpc.shutdownNow();
    }
  }

  private static Map<String, String> fields(String turn) {
    Map<String, String> fields = ClientCall.fields(Format.BINARY);
    fields.put(TURN, turn);
    return fields;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(Http1Connection.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The first request leaves when its callback was taken up, which is made in the second one. */
  private final class Turnstile extends HttpFilter {
    private static final long serialVersionUID = 1;

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      chain.doFilter(request, response);
      switch (request.getHeader(TURN)) {
        case "first" -> await(taken);
        case "second" -> {
          due.countDown();
          await(made);
        }
        default -> {}
      }
    }
  }

  private final class LateCallback extends Handler.Wrapper {
    LateCallback(Handler handler) {
      super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      String turn = request.getHeaders().get(TURN);
      Request seen = "first".equals(turn) ? new Waiting(request) : request;
      boolean handled = super.handle(seen, response, callback);
      if ("second".equals(turn)) {
        secondLeft.countDown();
      }
      return handled;
    }
  }

  /** Waits for its body although that is there, and is told of it late. */
  private final class Waiting extends Request.Wrapper {
    private volatile boolean demanded;

    Waiting(Request request) {
      super(request);
    }

    @Override
    public Content.@Nullable Chunk read() {
      return demanded ? super.read() : null;
    }

    @Override
    public void demand(Runnable callback) {
      demanded = true;
      super.demand(
          () -> {
            taken.countDown();
            await(due);
            callback.run();
            made.countDown();
          });
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.servlet.testing.JettyServer;
import dev.grpcweb.servlet.testing.RawHttp;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.ResponseHead;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** An exchange on Jetty with a core that a test plays. */
final class JettyExchangeTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  private static final class Opener extends HttpServlet {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // never serialised
    private final Function<ServletExchange, RecordingInput> core;

    Opener(Function<ServletExchange, RecordingInput> core) {
      this.core = core;
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
      exchange.start(core.apply(exchange));
    }
  }

  private static JettyServer jetty(Function<ServletExchange, RecordingInput> core) {
    return JettyServer.builder().servlet(new Opener(core), "/*").start();
  }

  private static ResponseHead head() {
    return new ResponseHead(200, new Headers().add("content-type", "application/grpc-web"));
  }

  @Test
  void anAbortedAnswerHasNoLastChunk() throws IOException {
    try (JettyServer jetty =
            jetty(
                exchange ->
                    new RecordingInput() {
                      private int calls;

                      @Override
                      public void opened() {
                        exchange.begin(head());
                        exchange.write(HELLO, 0, HELLO.length);
                        exchange.flush();
                      }

                      @Override
                      public void writable() {
                        if (calls++ == 0) {
                          exchange.abort();
                        }
                      }
                    });
        RawHttp client = new RawHttp(jetty.port())) {
      client.lines("GET / HTTP/1.1", "Host: h", "");
      assertThat(client.head().status()).isEqualTo(200);
      assertThat(client.chunk()).isEqualTo(HELLO);

      assertThatThrownBy(client::chunk).isInstanceOf(IOException.class);
    }
  }

  @Test
  void anAbortBeforeTheHeadIsAServerError() throws IOException {
    try (JettyServer jetty =
            jetty(
                exchange ->
                    new RecordingInput() {
                      @Override
                      public void opened() {
                        exchange.abort();
                      }
                    });
        RawHttp client = new RawHttp(jetty.port())) {
      assertThat(client.lines("GET / HTTP/1.1", "Host: h", "").answer().status()).isEqualTo(500);
    }
  }

  @Test
  void aClientThatLeavesInTheMiddleOfItsRequestIsNoticedAtOnce() throws Exception {
    CompletableFuture<Throwable> gone = new CompletableFuture<>();
    try (JettyServer jetty =
        jetty(
            exchange ->
                new RecordingInput() {
                  @Override
                  public void opened() {
                    exchange.resumeReading();
                  }

                  @Override
                  public void received(byte[] bytes, int offset, int length) {
                    exchange.resumeReading();
                  }

                  @Override
                  public void disconnected(Throwable cause) {
                    gone.complete(cause);
                  }
                })) {
      RawHttp client = new RawHttp(jetty.port());
      client.lines("POST / HTTP/1.1", "Host: h", "Content-Length: 100", "", "some");
      client.close();

      assertThat(gone.get(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void aVanishedReaderIsNoticedByTheSecondFlushedWrite() throws Exception {
    CompletableFuture<ServletExchange> opened = new CompletableFuture<>();
    CompletableFuture<Throwable> gone = new CompletableFuture<>();
    try (JettyServer jetty =
        jetty(
            exchange ->
                new RecordingInput() {
                  @Override
                  public void opened() {
                    exchange.begin(head());
                    exchange.write(HELLO, 0, HELLO.length);
                    exchange.flush();
                    opened.complete(exchange);
                  }

                  @Override
                  public void disconnected(Throwable cause) {
                    gone.complete(cause);
                  }
                })) {
      RawHttp client = new RawHttp(jetty.port());
      client.lines("GET / HTTP/1.1", "Host: h", "");
      client.head();
      client.chunk();
      client.reset();
      ServletExchange exchange = opened.get(10, TimeUnit.SECONDS);
      for (int i = 0; i < 100 && !gone.isDone(); i++) {
        exchange.write(HELLO.clone(), 0, HELLO.length);
        exchange.flush();
        // The reset needs a moment from one end of the loopback interface to the other.
        gone.copy().completeOnTimeout(null, 50, TimeUnit.MILLISECONDS).get();
      }

      assertThat(gone.get(10, TimeUnit.SECONDS)).isNotNull();
      assertThat(exchange.isWritable()).isFalse();
    }
  }

  @Test
  void demandHoldsTheRequestBack() throws Exception {
    CompletableFuture<ServletExchange> opened = new CompletableFuture<>();
    RecordingInput[] input = new RecordingInput[1];
    try (JettyServer jetty =
            jetty(
                exchange ->
                    input[0] =
                        new RecordingInput() {
                          @Override
                          public void opened() {
                            opened.complete(exchange);
                          }

                          @Override
                          public void received(byte[] bytes, int offset, int length) {
                            super.received(bytes, offset, length);
                            exchange.resumeReading();
                          }

                          @Override
                          public void receivedEnd() {
                            exchange.begin(head());
                            exchange.end(new Headers());
                          }
                        });
        RawHttp client = new RawHttp(jetty.port())) {
      client.lines("POST / HTTP/1.1", "Host: h", "Content-Length: 3", "").bytes(new byte[3]);
      ServletExchange exchange = opened.get(10, TimeUnit.SECONDS);
      assertThat(input[0].events()).noneMatch(event -> event.startsWith("received"));
      exchange.resumeReading();

      assertThat(client.answer().status()).isEqualTo(200);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Attributes;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A server with one method, {@code test.Texts/Method}, and a client that calls it in one format.
 * When it is closed it checks that nothing of any call is left.
 */
public final class CallBench {
  private static final String METHOD = "Method";

  static {
    // By itself it looks ten times a second, the first time after a tenth.
    Awaitility.setDefaultTimeout(Patience.SECONDS, TimeUnit.SECONDS);
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
  }

  private final ClientFormat format;
  private final GrpcWebServer.Builder builder = GrpcWebServer.builder();
  private final List<RecordingExchange> exchanges = new ArrayList<>();
  private @Nullable GrpcWebServer server;

  public CallBench(ClientFormat format) {
    this.format = format;
  }

  public ClientFormat format() {
    return format;
  }

  /** Returns what builds the server at the first call. */
  public GrpcWebServer.Builder builder() {
    return builder;
  }

  /** Returns the server, which cannot be changed any more. */
  public GrpcWebServer server() {
    if (server == null) {
      server = builder.build();
    }
    return server;
  }

  /** Serves the method by a handler of {@code ServerCalls}, or a raw one. */
  public CallBench serve(MethodType type, ServerCallHandler<String, String> handler) {
    return serve(Texts.method(METHOD, type), handler);
  }

  /** Serves a method whose messages are not texts. */
  public <Q, R> CallBench serve(MethodDescriptor<Q, R> method, ServerCallHandler<Q, R> handler) {
    builder.addService(
        ServerServiceDefinition.builder(Texts.SERVICE).addMethod(method, handler).build());
    return this;
  }

  /** Serves the method by a handler that writes down what happens. */
  public RecordingHandler record(MethodType type) {
    RecordingHandler handler = new RecordingHandler();
    serve(type, handler);
    return handler;
  }

  /** Calls the method with these header fields, name and value in turn. */
  public ClientCall open(String... headers) {
    return call(head(Texts.SERVICE + "/" + METHOD, headers));
  }

  /** Returns the head of a call of any method. */
  public RequestHead head(String fullMethodName, String... headers) {
    Headers all = format.requestHeaders();
    for (int i = 0; i < headers.length; i += 2) {
      all.add(headers[i], headers[i + 1]);
    }
    return new RequestHead(fullMethodName, all, "example.org:8080", false, Attributes.EMPTY);
  }

  public ClientCall call(RequestHead head) {
    return call(head, new RecordingExchange());
  }

  /** Calls through an exchange that was prepared. */
  public ClientCall call(RequestHead head, RecordingExchange exchange) {
    exchanges.add(exchange);
    exchange.connect(format.connect(server(), head, exchange));
    return new ClientCall(format, exchange);
  }

  /** Returns the exchange of the last call. */
  public RecordingExchange lastExchange() {
    return exchanges.get(exchanges.size() - 1);
  }

  /** Ends what is open and checks that nothing is left. */
  public void close() throws InterruptedException {
    if (server == null) {
      return;
    }
    exchanges.forEach(RecordingExchange::disconnect);
    server.shutdown();
    boolean terminated = server.awaitTermination(Patience.SECONDS, TimeUnit.SECONDS);
    assertThat(terminated).as("every call ends, %s open", server.openCalls()).isTrue();
    assertThat(exchanges).allSatisfy(exchange -> assertThat(exchange.faults()).isEmpty());
  }
}

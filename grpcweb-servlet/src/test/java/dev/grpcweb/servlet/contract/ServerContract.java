// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.ClientCall.fields;
import static dev.grpcweb.servlet.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a server has to be like over any container: its options, its shutdown, and many streams. A
 * subclass names the container. Each test has a server of its own.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
public abstract class ServerContract {
  private static final int STREAMS = 1000;
  private static final int RESETS = 300;

  /** Fewer than the streams of a connection that containers take by default. */
  private static final int STREAMS_OF_A_CONNECTION = 100;

  private final CallLog log = new CallLog();
  private final Clients clients = new Clients();
  private final AtomicInteger ids = new AtomicInteger();
  private final List<HttpConnection> connections = new ArrayList<>();
  private final GrpcWebServer.Builder builder =
      GrpcWebServer.builder().addService(new TextsService()).intercept(log);
  private final List<GrpcWebServer> servers = new ArrayList<>();
  private final List<Site> sites = new ArrayList<>();

  /** Starts the container. */
  protected abstract Site start(GrpcWebServer toServe, CorsPolicy cors, Site.Mount at);

  @AfterEach
  void everythingEnds() throws IOException {
    for (HttpConnection connection : connections) {
      connection.close();
    }
    for (GrpcWebServer server : servers) {
      server.shutdownNow();
      await().until(server::isTerminated);
      assertThat(server.openCalls()).isZero();
    }
    clients.close();
    sites.forEach(Site::close);
    ServerThreadsGone.await();
  }

  private GrpcWebServer serve() {
    GrpcWebServer server = builder.build();
    servers.add(server);
    sites.add(start(server, CorsPolicy.sameOrigin(), Site.Mount.FILTER));
    return server;
  }

  private HttpConnection connect(Protocol protocol) throws IOException {
    HttpConnection connection = protocol.connect(sites.get(0), clients);
    connections.add(connection);
    return connection;
  }

  private ClientCall hold(HttpConnection connection, Format format, String id) throws IOException {
    Map<String, String> fields = fields(format);
    fields.put(CallLog.CALL_ID, id);
    String path = ClientCall.path("", "Hold");
    byte[] body = format.message("open");
    return new ClientCall(format, connection.request("POST", path, fields, body));
  }

  private ClientCall echo(Protocol protocol) throws IOException {
    Format format = Format.BINARY;
    String path = ClientCall.path("", "Echo");
    byte[] body = format.message("hello");
    return new ClientCall(format, connect(protocol).request("POST", path, fields(format), body));
  }

  private String newId() {
    return "call-" + ids.incrementAndGet();
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "H2C"})
  void shutdownLetsOpenCallsFinishAndTakesNoMore(Protocol protocol) throws Exception {
    GrpcWebServer server = serve();
    String id = newId();
    ClientCall open = hold(connect(protocol), Format.BINARY, id);
    log.call(id).push("before");
    assertThat(open.next()).isEqualTo("before");

    server.shutdown();

    assertThat(echo(protocol).code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(server.isTerminated()).isFalse();
    log.call(id).push("after");
    log.call(id).close(Status.OK);
    assertThat(open.rest()).containsExactly("after");
    assertThat(open.code()).isEqualTo(Status.Code.OK);
    assertThat(server.awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "H2C"})
  void shutdownNowTellsTheClientsOfOpenCalls(Protocol protocol) throws Exception {
    GrpcWebServer server = serve();
    List<ServedCall> served = new ArrayList<>();
    List<ClientCall> open = new ArrayList<>();
    for (Format format : protocol.formats()) {
      String id = newId();
      open.add(hold(connect(protocol), format, id));
      served.add(log.call(id));
      log.call(id).awaitStart();
    }

    server.shutdownNow();

    for (ClientCall call : open) {
      assertThat(call.code()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    served.forEach(call -> assertThat(call.awaitEnd()).isEqualTo(ServedCall.End.CANCEL));
    assertThat(server.awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "H2C"})
  void aClientThatTakesNothingIsCutOffAfterShutdownNow(Protocol protocol) throws Exception {
    GrpcWebServer server = serve();
    List<ClientCall> deaf = new ArrayList<>();
    for (Format format : protocol.formats()) {
      String id = newId();
      deaf.add(hold(connect(protocol), format, id));
      ServedCall served = log.call(id);
      served.awaitHalfClose();
      // More than the system takes for a client that does not read.
      String chunk = "x".repeat(1 << 20);
      for (int i = 0; i < 16; i++) {
        served.push(chunk);
      }
    }

    server.shutdownNow();

    // The server waits for no client, and a client takes no part for the whole.
    assertThat(server.awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    for (ClientCall call : deaf) {
      assertThatThrownBy(call::code).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "H2C"})
  void aCallThatIsTooOldIsEnded(Protocol protocol) throws IOException {
    builder.maxCallAge(Duration.ofMillis(500));
    serve();
    // A machine may be too busy to start a call in that time, and even for an echo.
    ServedCall served;
    do {
      String id = newId();
      assertThat(hold(connect(protocol), Format.BINARY, id).code())
          .isEqualTo(Status.Code.UNAVAILABLE);
      served = log.call(id);
    } while (!served.hasStarted());
    assertThat(served.awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    await().untilAsserted(() -> assertThat(echo(protocol).code()).isEqualTo(Status.Code.OK));
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "H2C"})
  void aDeadlineIsBoundedByTheServer(Protocol protocol) throws IOException {
    builder.maxDeadline(Duration.ofMillis(200));
    serve();
    String id = newId();
    assertThat(hold(connect(protocol), Format.BINARY, id).code())
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(log.call(id).awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
  }

  @Test
  void aQuietTextStreamFindsThatItsClientIsGone() throws IOException {
    builder.textKeepAlive(Duration.ofMillis(50));
    GrpcWebServer server = serve();
    String id = newId();
    ClientCall open = hold(connect(Protocol.HTTP_1), Format.TEXT, id);
    ServedCall served = log.call(id);
    served.push("a");
    assertThat(open.next()).isEqualTo("a");
    // Four spaces, which are no part of any message.
    assertThat(open.http().read()).containsOnly(' ');
    open.http().vanish();
    assertThat(served.awaitEnd()).isEqualTo(ServedCall.End.CANCEL);
    await().until(() -> server.openCalls() == 0);
  }

  @Test
  void whatKeepsAQuietStreamAliveIsNoMessage() throws IOException {
    builder.textKeepAlive(Duration.ofMillis(10));
    serve();
    String id = newId();
    ClientCall open = hold(connect(Protocol.HTTP_1), Format.TEXT, id);
    for (int i = 0; i < 5; i++) {
      Patience.pause();
      log.call(id).push("message " + i);
      assertThat(open.next()).isEqualTo("message " + i);
    }
    Patience.pause();
    log.call(id).close(Status.OK);
    assertThat(open.code()).isEqualTo(Status.Code.OK);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "H2C"})
  void anErrorMayBeToldInTheHead(Protocol protocol) throws IOException {
    builder.trailersOnlyInHeaders(true);
    serve();
    byte[] body = Format.BINARY.message("ABORTED try again");
    String path = ClientCall.path("", "Fail");
    HttpExchange http = connect(protocol).request("POST", path, fields(Format.BINARY), body);
    assertThat(http.status()).isEqualTo(200);
    assertThat(http.header("grpc-status")).isEqualTo("10");
    assertThat(http.header("grpc-message")).isEqualTo("try again");
    assertThat(http.header("x-trail")).isEqualTo("one,two");
    assertThat(http.readAll()).isEmpty();
    assertThat(echo(protocol).code()).isEqualTo(Status.Code.OK);
  }

  /** What a write to a client that is gone leaves behind must not meet whoever is served next. */
  @Test
  void threeHundredClientsThatResetHarmNobodyElse() throws IOException {
    serve();
    for (int i = 0; i < RESETS; i++) {
      String id = newId();
      ClientCall open = hold(connect(Protocol.HTTP_1), Format.BINARY, id);
      ServedCall served = log.call(id);
      served.push("first");
      assertThat(open.next()).isEqualTo("first");
      open.http().vanish();
      while (!served.hasEnded() && !served.awaitStart().isCancelled()) {
        served.push("-".repeat(2000));
      }
      assertThat(echo(Protocol.HTTP_1).code())
          .as("after %s resets", i + 1)
          .isEqualTo(Status.Code.OK);
    }
  }

  /** A page that is left cancels all its streams at once; the next page uses their connection. */
  @Test
  void streamsThatAreCancelledInARowLeaveTheirConnectionToTheOthers() throws IOException {
    serve();
    HttpConnection connection = connect(Protocol.H2C);
    String id = newId();
    ClientCall open = hold(connection, Format.BINARY, id);
    log.call(id).push("before");
    assertThat(open.next()).isEqualTo("before");
    for (int i = 0; i < RESETS; i++) {
      HttpExchange cancelled = hold(connection, Format.BINARY, newId()).http();
      // The client would answer a head that comes too late by another reset.
      assertThat(cancelled.status()).isEqualTo(200);
      cancelled.vanish();
    }
    log.call(id).push("after");
    assertThat(open.next()).isEqualTo("after");
    log.call(id).close(Status.OK);
    assertThat(open.code()).isEqualTo(Status.Code.OK);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "H2C"})
  void aThousandStreamsAreServedAtOnce(Protocol protocol) throws IOException {
    GrpcWebServer server = serve();
    List<ClientCall> calls = new ArrayList<>();
    List<ServedCall> served = new ArrayList<>();
    HttpConnection connection = connect(protocol);
    for (int i = 0; i < STREAMS; i++) {
      if (i > 0 && (!protocol.isHttp2() || i % STREAMS_OF_A_CONNECTION == 0)) {
        connection = connect(protocol);
      }
      String id = newId();
      calls.add(hold(connection, i % 2 == 0 ? Format.BINARY : Format.TEXT, id));
      served.add(log.call(id));
    }
    served.forEach(ServedCall::awaitHalfClose);
    assertThat(server.openCalls()).isEqualTo(STREAMS);
    for (int round = 0; round < 3; round++) {
      for (ServedCall call : served) {
        call.push("round " + round);
      }
      for (ClientCall call : calls) {
        assertThat(call.next()).isEqualTo("round " + round);
      }
    }
    Patience.settle(sites.get(0));
    for (ClientCall call : calls) {
      call.http().vanish();
    }
    await()
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              if (!protocol.isHttp2() || sites.get(0).limits().contains(Limit.RESETS_SHOW_LATE)) {
                // Only writing tells that a client is gone.
                served.stream().filter(call -> !call.hasEnded()).forEach(call -> call.push("?"));
              }
              return server.openCalls() == 0;
            });
    served.forEach(call -> assertThat(call.awaitEnd()).isEqualTo(ServedCall.End.CANCEL));
  }
}

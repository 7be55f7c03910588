// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.ClientCall.fields;
import static dev.grpcweb.servlet.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.GrpcWebServer;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a server has to be like over any container: its options, its shutdown, and many streams. A
 * subclass names the container. Each test has a server of its own.
 */
public abstract class ServerContract extends ServerFixture {
  private static final int STREAMS = 1000;

  /** Fewer than the streams of a connection that containers take by default. */
  private static final int STREAMS_OF_A_CONNECTION = 100;

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
  @EnumSource(names = {"HTTP_1", "H2C", "WEB_SOCKET", "MUX_SOCKET"})
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
      // More than the system takes for a client that does not read, and one message: of many, those
      // that wait are discarded, and what is left up to the status may find room.
      served.push("x".repeat(16 << 20));
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

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "H2C", "WEB_SOCKET", "MUX_SOCKET"})
  void aThousandStreamsAreServedAtOnce(Protocol protocol) throws IOException {
    GrpcWebServer server = serve();
    List<ClientCall> calls = new ArrayList<>();
    List<ServedCall> served = new ArrayList<>();
    List<Format> formats = protocol.isWebSocket() ? protocol.formats() : Format.WEB;
    HttpConnection connection = connect(protocol);
    for (int i = 0; i < STREAMS; i++) {
      if (i > 0 && (!protocol.sharesConnections() || i % STREAMS_OF_A_CONNECTION == 0)) {
        connection = connect(protocol);
      }
      String id = newId();
      calls.add(hold(connection, formats.get(i % formats.size()), id));
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
    Patience.settle(site());
    for (ClientCall call : calls) {
      call.http().vanish();
    }
    await()
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              if (!protocol.isHttp2() || site().limits().contains(Limit.RESETS_SHOW_LATE)) {
                // Only writing tells that a client is gone.
                served.stream().filter(call -> !call.hasEnded()).forEach(call -> call.push("?"));
              }
              return server.openCalls() == 0;
            });
    served.forEach(call -> assertThat(call.awaitEnd()).isEqualTo(ServedCall.End.CANCEL));
  }
}

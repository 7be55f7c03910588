// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.GrpcWebFilter;
import dev.grpcweb.testing.Hex;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import jakarta.servlet.Filter;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which handshakes are accepted, and what a call learns of its own. A subclass names the container.
 * Each test has a server of its own, behind which an application has a socket too.
 */
public abstract class SocketHandshakes extends SocketFixture {
  private static final String ECHO = path("Echo");

  @Override
  Filter door(GrpcWebServer server) {
    CorsPolicy cors = CorsPolicy.builder().allowOrigins(CrossOrigin.ALLOWED).build();
    return new ApplicationSockets(new GrpcWebFilter(server, cors));
  }

  private int statusOf(String path, String subprotocols, Map<String, String> fields)
      throws IOException {
    return handshake(path, subprotocols, fields).handshake().status();
  }

  @Test
  void aPageOfAnotherOriginOpensNoSocket() throws IOException {
    GrpcWebServer server = serve();
    for (String origin : new String[] {CrossOrigin.DENIED, "null", "http://localhost:1"}) {
      HttpExchange refused = handshake(ECHO, ONE_CALL, Map.of("Origin", origin)).handshake();
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.header("content-type")).startsWith("text/plain");
      assertThat(refused.readAll()).asString().contains(origin);
    }
    assertThat(log.reached()).isEmpty();
    assertThat(server.openCalls()).isZero();
  }

  @Test
  void pagesOfTheSameOriginAndOfAllowedOnesOpenSockets() throws IOException {
    serve();
    for (String origin :
        new String[] {CrossOrigin.ALLOWED, "http://localhost:" + site().port(), ""}) {
      assertThat(statusOf(ECHO, ONE_CALL, Map.of("Origin", origin))).as(origin).isEqualTo(101);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc-websockets", "chat,GRPC-WebSockets", "a , grpc-WEBsockets ,chat"})
  void theSubprotocolIsTakenAsTheClientWroteIt(String offered) throws IOException {
    serve();
    HttpExchange accepted = handshake(ECHO, offered, Map.of()).handshake();
    assertThat(accepted.status()).isEqualTo(101);
    String taken = String.valueOf(accepted.header("sec-websocket-protocol"));
    assertThat(taken).isEqualToIgnoringCase(ONE_CALL);
    assertThat(offered).contains(taken);
    assertThat(accepted.header("sec-websocket-extensions")).isNull();
  }

  /** What they inflate has no bound. */
  @Test
  void extensionsAreNotTaken() throws IOException {
    serve();
    Map<String, String> deflate = Map.of("Sec-WebSocket-Extensions", "permessage-deflate");
    HttpExchange accepted = handshake(ECHO, ONE_CALL, deflate).handshake();
    assertThat(accepted.status()).isEqualTo(101);
    assertThat(accepted.header("sec-websocket-extensions")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat", ""})
  void otherSubprotocolsAreTheApplications(String subprotocol) throws IOException {
    serve();
    RawWebSocket socket = handshake("/anywhere", subprotocol, Map.of());
    assertThat(socket.isAccepted()).isTrue();
    assertThat(socket.next()).asString().isEqualTo("the application");
  }

  @ParameterizedTest
  @CsvSource({
    "/test.Texts, grpc-websockets",
    "/test.Texts/Echo/more, grpc-websockets",
    "/, grpc-websockets",
    "/test.Texts/Echo, grpcweb.mux.v1",
    "/, grpcweb.mux.v1"
  })
  void aPathThatTheSubprotocolIsNotForIsNotFound(String path, String subprotocol)
      throws IOException {
    serve();
    HttpExchange refused = handshake(path, subprotocol, Map.of()).handshake();
    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.readAll()).asString().contains("grpc-websockets");
  }

  @ParameterizedTest
  @CsvSource({
    "Sec-WebSocket-Version, 8, 426",
    "Sec-WebSocket-Version, '', 426",
    "Sec-WebSocket-Key, short, 400",
    "Sec-WebSocket-Key, '', 400",
    "Connection, keep-alive, 400"
  })
  void aBrokenHandshakeIsToldSo(String name, String value, int status) throws IOException {
    serve();
    HttpExchange refused = handshake(ECHO, ONE_CALL, Map.of(name, value)).handshake();
    assertThat(refused.status()).isEqualTo(status);
    if (status == 426) {
      assertThat(refused.header("sec-websocket-version")).isEqualTo("13");
    }
  }

  @Test
  void moreSocketsThanAllowedAreRefused() throws IOException {
    sockets.maxSockets(2);
    serve();
    List<String> ids = List.of(newId(), newId());
    List<RawWebSocket> two = new ArrayList<>();
    for (String id : ids) {
      two.add(open("HoldBoth", id));
      log.call(id).awaitStart();
    }
    HttpExchange refused = handshake(ECHO, ONE_CALL, Map.of()).handshake();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.readAll()).asString().contains("no more sockets");
    log.call(ids.get(0)).close(Status.OK);
    assertThat(two.get(0).closeCode()).isEqualTo(1000);
    await().until(() -> statusOf(ECHO, ONE_CALL, Map.of()) == 101);
  }

  @Test
  void aServerThatIsShutDownClosesSocketsWithoutACall() throws Exception {
    GrpcWebServer server = serve();
    String id = newId();
    RawWebSocket withCall = open("HoldBoth", id);
    log.call(id).awaitStart();
    RawWebSocket without = handshake(ECHO, ONE_CALL, Map.of());
    assertThat(without.isAccepted()).isTrue();

    // A container answers pings when the socket is open for its endpoint, too.
    without.send(RawWebSocket.PING, true, new byte[1]);
    assertThat(Objects.requireNonNull(without.frame()).opcode).isEqualTo(RawWebSocket.PONG);

    server.shutdown();

    assertThat(without.closeCode()).isEqualTo(1001);
    assertThat(statusOf(ECHO, ONE_CALL, Map.of())).isEqualTo(503);
    log.call(id).push("still here");
    log.call(id).close(Status.OK);
    assertThat(trailers(withCall)).contains("grpc-status: 0");
    assertThat(server.awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** A browser tries it where it is offered, and nowhere else. */
  @Test
  void socketsOverHttp2AreOfferedWhereTheContainerHasThem() throws IOException {
    serve();
    try (Http1Connection tcp = tcp()) {
      // The client's preface, with empty SETTINGS behind it.
      tcp.write(Format.ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
      tcp.write(Hex.bytes("000000 04 00 00000000"));
      DataInputStream in = new DataInputStream(tcp.input());
      int length = in.readInt();
      assertThat(length & 0xFF).as("the type of the first frame, SETTINGS").isEqualTo(4);
      in.readNBytes(5);
      boolean offered = false;
      for (int read = 0; read < length >> 8; read += 6) {
        // SETTINGS_ENABLE_CONNECT_PROTOCOL
        int name = in.readUnsignedShort();
        int value = in.readInt();
        offered |= name == 8 && value == 1;
      }
      assertThat(offered).isEqualTo(!site().limits().contains(Limit.NO_SOCKETS_OVER_HTTP_2));
    }
  }

  @Test
  void aCallKnowsItsHandshake() throws IOException {
    serve();
    RawWebSocket socket = handshake(path("Facts"), ONE_CALL, Map.of("X-User", "alice"));
    assertThat(socket.isAccepted()).isTrue();
    socket.send(Format.ascii(HEAD + "call-id: " + newId() + "\r\n"));
    socket.send(data("who"));
    socket.send(new byte[] {1});
    for (int i = 0; i < 3; i++) {
      assertThat(socket.next()).isNotNull();
    }
    byte[] message = Objects.requireNonNull(socket.next());
    Properties facts =
        CallFacts.parse(new String(message, java.nio.charset.StandardCharsets.UTF_8));
    assertThat(facts.getProperty("method")).isEqualTo("test.Texts/Facts");
    assertThat(facts.getProperty("user")).isEqualTo("alice");
    assertThat(facts.getProperty("authority")).isEqualTo("localhost:" + site().port());
    assertThat(facts.getProperty("remote")).endsWith(":" + socket.localAddress().getPort());
    assertThat(facts.getProperty("local")).endsWith(":" + site().port());
  }

  @Test
  void fieldsOfTheHandshakeReachCallsByName() throws Exception {
    BlockingQueue<Metadata> seen = new LinkedBlockingQueue<>();
    builder.intercept(
        new ServerInterceptor() {
          @Override
          public <I, O> ServerCall.Listener<I> interceptCall(
              ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
            seen.add(headers);
            return next.startCall(call, headers);
          }
        });
    sockets.forwardHandshakeHeaders("Cookie", "x-both");
    serve();
    Map<String, String> fields =
        Map.of("Cookie", "session=1", "X-Both", "handshake", "X-Secret", "unnamed");
    RawWebSocket socket = handshake(ECHO, ONE_CALL, fields);
    assertThat(socket.isAccepted()).isTrue();
    socket.send(Format.ascii(HEAD + "x-both: call\r\n"));

    Metadata metadata =
        Objects.requireNonNull(seen.poll(Patience.SECONDS, TimeUnit.SECONDS), "no call");
    assertThat(values(metadata, "cookie")).containsExactly("session=1");
    assertThat(values(metadata, "x-both")).containsExactly("call");
    assertThat(metadata.keys()).doesNotContain("x-secret", "sec-websocket-key", "upgrade");
  }

  private static Iterable<String> values(Metadata metadata, String name) {
    Iterable<String> values =
        metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    return values == null ? List.of() : values;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.WebSocketPolicy;
import dev.grpcweb.testing.RecordingSocket;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Attributes;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which protocol a handshake gets, as a transport asks for it. */
class SocketProtocolsTest {
  private static final String METHOD = "test.Texts/Method";
  private static final String CALL = "grpc-websockets";
  private static final String MUX = "grpcweb.mux.v1";
  private static final WebSocketPolicy BOTH = WebSocketPolicy.builder().multiplexing(true).build();
  private static final WebSocketPolicy NEITHER =
      WebSocketPolicy.builder().callSockets(false).build();

  @Test
  void ourSubprotocolsAreKnownInAnyCase() {
    assertThat(GrpcWebServer.isWebSocketProtocol("gRPC-WebSockets")).isTrue();
    assertThat(GrpcWebServer.isWebSocketProtocol("GRPCWEB.mux.v1")).isTrue();
    assertThat(GrpcWebServer.isWebSocketProtocol("grpc-websockets-multiplex")).isFalse();
    assertThat(GrpcWebServer.isWebSocketProtocol("chat")).isFalse();
  }

  @Test
  void aMethodsPathIsForOneCallAndTheEmptyOneForMany() {
    assertThat(choose(BOTH, METHOD, CALL)).isEqualTo(CALL);
    assertThat(choose(BOTH, "", CALL)).isNull();
    assertThat(choose(BOTH, "", MUX)).isEqualTo(MUX);
    assertThat(choose(BOTH, METHOD, MUX)).isNull();
  }

  @Test
  void theFirstOneThatIsTakenIsChosenAsTheClientWroteIt() {
    assertThat(choose(BOTH, METHOD, "chat", MUX, "GRPC-websockets", CALL))
        .isEqualTo("GRPC-websockets");
    assertThat(choose(BOTH, METHOD, "chat")).isNull();
    assertThat(choose(BOTH, METHOD)).isNull();
  }

  @Test
  void manyCallsOnASocketAreOffByDefault() {
    assertThat(choose(WebSocketPolicy.defaults(), "", MUX)).isNull();
    assertThat(choose(WebSocketPolicy.defaults(), METHOD, CALL)).isEqualTo(CALL);
  }

  @Test
  void whatIsSwitchedOffIsNotTaken() {
    assertThat(choose(NEITHER, METHOD, CALL)).isNull();
    assertThat(choose(NEITHER, "", MUX)).isNull();
  }

  @Test
  void anotherSubprotocolCannotBeOpened() {
    RequestHead head =
        new RequestHead(METHOD, new Headers(), "example.org", false, Attributes.EMPTY);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server(BOTH).open(head, "chat", new RecordingSocket()))
        .withMessageContaining("chat");
  }

  @Test
  void limitsThatCannotBeKeptAreRefused() {
    WebSocketPolicy.Builder builder = WebSocketPolicy.builder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxSockets(0))
        .withMessage("maxSockets: expected at least 1, got 0");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxCallsPerSocket(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.pingInterval(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.pingTimeout(Duration.ofSeconds(-1)))
        .withMessage("pingTimeout must be positive, got PT-1S");
  }

  private static @Nullable String choose(
      WebSocketPolicy policy, String path, String... subprotocols) {
    return server(policy).webSocketProtocol(List.of(subprotocols), path);
  }

  private static GrpcWebServer server(WebSocketPolicy policy) {
    return GrpcWebServer.builder().webSockets(policy).build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.LogCapture;
import dev.grpcweb.testing.MuxMessage;
import dev.grpcweb.testing.MuxVectors;
import dev.grpcweb.testing.Patience;
import dev.grpcweb.testing.RecordingSocket;
import dev.grpcweb.testing.Texts;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import dev.grpcweb.transport.WebSocketInput;
import io.grpc.Attributes;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whatever a client sends: no call is left behind, and nothing is thrown at the container. */
class MuxFuzzTest {
  private static final int SOCKETS = 3000;

  private final Random random = new Random(20);
  private final GrpcWebServer server =
      GrpcWebServer.builder()
          .addService(
              ServerServiceDefinition.builder(Texts.SERVICE)
                  .addMethod(
                      Texts.method("Echo", MethodType.BIDI_STREAMING),
                      ServerCalls.asyncBidiStreamingCall(MuxFuzzTest::echo))
                  .build())
          .build();

  private static StreamObserver<String> echo(StreamObserver<String> answers) {
    return answers;
  }

  @Test
  void noMessageLeavesACallBehind() throws Exception {
    List<byte[]> known = known();
    try (LogCapture log = new LogCapture()) {
      for (int i = 0; i < SOCKETS; i++) {
        RecordingSocket socket = new RecordingSocket();
        RequestHead handshake =
            new RequestHead("", new Headers(), "example.org", false, Attributes.EMPTY);
        WebSocketInput input = server.open(handshake, "grpcweb.mux.v1", socket);
        socket.connect(input);
        if (random.nextInt(20) > 0) {
          send(input, MuxMessage.settings(random.nextInt(100), random.nextInt(1000)).bytes());
        }
        for (int messages = random.nextInt(20); messages > 0; messages--) {
          byte[] message = known.get(random.nextInt(known.size())).clone();
          send(input, random.nextInt(4) == 0 ? mutated(message) : message);
        }
        socket.disconnect();
      }
      await().until(() -> server.openCalls() == 0);
      assertThat(log.messages()).noneMatch(text -> text.startsWith("a call on a WebSocket"));
    }
    server.shutdown();
    assertThat(server.awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private static List<byte[]> known() {
    List<byte[]> known = new ArrayList<>();
    MuxVectors.from("client").forEach(vector -> known.add(vector.bytes()));
    for (int call = 1; call < 20; call++) {
      known.add(MuxMessage.headers(call, "/test.Texts/Echo").bytes());
      known.add(MuxMessage.headers(call, "/test.Texts/Echo", "grpc-timeout", "1m").bytes());
      known.add(MuxMessage.data(call, Frames.messages("abc", "d".repeat(500))).bytes());
      known.add(MuxMessage.credit(call, 100).bytes());
      known.add(MuxMessage.halfClose(call).bytes());
      known.add(MuxMessage.reset(call).bytes());
    }
    return known;
  }

  private byte[] mutated(byte[] message) {
    byte[] mutant = Arrays.copyOf(message, Math.max(1, message.length + random.nextInt(5) - 2));
    mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
    return mutant;
  }

  private void send(WebSocketInput input, byte[] message) {
    int border = random.nextInt(message.length + 1);
    input.received(Arrays.copyOf(message, border), 0, border, false);
    byte[] rest = Arrays.copyOfRange(message, border, message.length);
    input.received(rest, 0, rest.length, true);
  }
}

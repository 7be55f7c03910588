// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.WebSocketPolicy;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.MuxMessage;
import dev.grpcweb.testing.MuxPeer;
import dev.grpcweb.testing.Patience;
import dev.grpcweb.testing.Texts;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many calls on one socket that completes its sends on a thread of its own. */
class MuxStressTest {
  private static final int WINDOW = 64 * 1024;
  private static final int FRAME = 1005;
  private static final String KIBIBYTE = "x".repeat(FRAME - 5);
  private static final int CALLS = 200;

  private final GrpcWebServer server =
      GrpcWebServer.builder()
          .webSockets(WebSocketPolicy.builder().maxCallsPerSocket(CALLS + 1).build())
          .addService(
              ServerServiceDefinition.builder(Texts.SERVICE)
                  .addMethod(
                      Texts.method("Loop", MethodType.SERVER_STREAMING),
                      ServerCalls.asyncServerStreamingCall(MuxStressTest::loop))
                  .addMethod(
                      Texts.method("Ready", MethodType.SERVER_STREAMING),
                      ServerCalls.asyncServerStreamingCall(MuxStressTest::whenReady))
                  .addMethod(
                      Texts.method("Echo", MethodType.BIDI_STREAMING),
                      ServerCalls.asyncBidiStreamingCall(MuxStressTest::echo))
                  .build())
          .build();

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    server.shutdown();
    assertThat(server.awaitTermination(Patience.SECONDS, TimeUnit.SECONDS))
        .as("%s calls open", server.openCalls())
        .isTrue();
  }

  /** The request is the number of answers. */
  private static void loop(String count, StreamObserver<String> answers) {
    for (int i = Integer.parseInt(count); i > 0; i--) {
      answers.onNext(KIBIBYTE);
    }
    answers.onCompleted();
  }

  private static void whenReady(String count, StreamObserver<String> observer) {
    ServerCallStreamObserver<String> answers = (ServerCallStreamObserver<String>) observer;
    int[] left = {Integer.parseInt(count)};
    answers.setOnReadyHandler(
        () -> {
          while (left[0] > 0 && answers.isReady()) {
            answers.onNext(KIBIBYTE);
            if (--left[0] == 0) {
              answers.onCompleted();
            }
          }
        });
  }

  /** Fails now and then. */
  private static StreamObserver<String> echo(StreamObserver<String> observer) {
    ServerCallStreamObserver<String> answers = (ServerCallStreamObserver<String>) observer;
    answers.setOnCancelHandler(() -> {});
    return new StreamObserver<>() {
      @Override
      public void onNext(String message) {
        if (ThreadLocalRandom.current().nextInt(20) == 0) {
          answers.onError(Status.ABORTED.asRuntimeException());
        } else {
          answers.onNext(message);
        }
      }

      @Override
      public void onError(Throwable cancelled) {}

      @Override
      public void onCompleted() {
        answers.onCompleted();
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"Loop", "Ready"})
  void besideAStalledCallManyLoseNothing(String method) throws Exception {
    MuxPeer peer = new MuxPeer(server, WINDOW);
    int stalled = CALLS + 1;
    peer.stall(stalled);
    for (int call = 1; call <= CALLS + 1; call++) {
      String count = call == stalled ? "200" : "100";
      peer.send(MuxMessage.headers(call, "/test.Texts/" + method));
      peer.send(MuxMessage.data(call, Frames.messages(count)));
      peer.send(MuxMessage.halfClose(call));
    }

    await().until(() -> peer.ends().size() == CALLS && peer.received(stalled) == WINDOW);
    assertThat(peer.ends()).doesNotContainKey(stalled);
    for (int call = 1; call <= CALLS; call++) {
      assertThat(peer.received(call)).isEqualTo(100 * FRAME);
    }
    peer.read(stalled);
    await().until(() -> peer.ends().size() == CALLS + 1);

    assertThat(peer.received(stalled)).isEqualTo(200 * FRAME);
    assertThat(peer.ends().values())
        .allSatisfy(end -> assertThat(end.text()).contains("grpc-status: 0"));
    assertThat(peer.faults()).isEmpty();
    await().until(() -> server.openCalls() == 0);
    peer.disconnect();
    assertThat(peer.awaitEnd()).isTrue();
  }

  @Test
  void callsThatEndInAnyWayLeaveNothingBehind() throws Exception {
    Random random = new Random(7);
    MuxPeer peer = new MuxPeer(server, 3000);
    int reset = 0;
    for (int call = 1; call <= 3000; call++) {
      if (call % 50 == 0) {
        int opened = call;
        int ended = reset;
        await().until(() -> opened - peer.ends().size() - ended < CALLS - 50);
      }
      peer.send(MuxMessage.headers(call, "/test.Texts/Echo", "grpc-timeout", timeout(random)));
      for (int i = random.nextInt(8); i > 0; i--) {
        peer.send(MuxMessage.data(call, Frames.messages("y".repeat(random.nextInt(4000)))));
      }
      if (random.nextInt(10) == 0) {
        peer.send(MuxMessage.reset(call));
        reset++;
      } else {
        peer.send(MuxMessage.halfClose(call));
      }
    }

    await().until(() -> server.openCalls() == 0);
    assertThat(peer.faults()).isEmpty();
    peer.disconnect();
    assertThat(peer.awaitEnd()).isTrue();
  }

  private static String timeout(Random random) {
    return random.nextInt(4) == 0 ? random.nextInt(20) + "m" : "1H";
  }

  @Test
  void aConnectionThatBreaksEndsAllCallsWhateverTheyAreDoing() throws Exception {
    for (int run = 0; run < 30; run++) {
      MuxPeer peer = new MuxPeer(server, WINDOW);
      for (int call = 1; call <= 50; call++) {
        peer.send(MuxMessage.headers(call, "/test.Texts/" + (call % 2 == 0 ? "Loop" : "Ready")));
        peer.send(MuxMessage.data(call, Frames.messages("1000")));
        peer.send(MuxMessage.halfClose(call));
      }
      if (run % 3 > 0) {
        await().until(() -> peer.received(1) > 0);
      }
      peer.disconnect();
      assertThat(peer.awaitEnd()).isTrue();

      await().until(() -> server.openCalls() == 0);
    }
  }
}

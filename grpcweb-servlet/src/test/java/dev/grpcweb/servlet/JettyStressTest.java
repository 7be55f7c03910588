// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.testing.JettyServer;
import dev.grpcweb.servlet.testing.RawHttp;
import dev.grpcweb.testing.Hex;
import dev.grpcweb.testing.proto.CountRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many clients at once, some of which leave whenever they like: the others get every byte. */
final class JettyStressTest {
  private static final String SERVICE = "/grpcweb.test.TestService/";
  private static final String WEB = "application/grpc-web+proto";
  private static final int CLIENTS = 8;
  private static final int ROUNDS = 10;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clientsThatLeaveDoNotDisturbTheOthers(boolean directExecutor) throws Exception {
    GrpcWebServer.Builder builder = GrpcWebServer.builder().addService(new EchoService());
    GrpcWebServer grpc = (directExecutor ? builder.directExecutor() : builder).build();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (JettyServer jetty = JettyServer.builder().servlet(grpc, "/*").maxThreads(16).start()) {
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int seed = i;
        Callable<Void> client =
            () -> {
              client(jetty.port(), new Random(seed));
              return null;
            };
        all.add(clients.submit(client));
      }
      for (Future<Void> client : all) {
        client.get(3, TimeUnit.MINUTES);
      }

      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(grpc.openCalls()).isZero());
    } finally {
      clients.shutdownNow();
      grpc.shutdownNow();
    }
  }

  private static void client(int port, Random random) throws IOException {
    byte[] abc = Hex.bytes("00 00000005 0a03 616263"); // EchoRequest{text: "abc"}
    for (int round = 0; round < ROUNDS; round++) {
      try (RawHttp good = new RawHttp(port)) {
        RawHttp bad = new RawHttp(port, 4096);
        bad.post(SERVICE + "Count", WEB, count(1000, 5000));
        if (random.nextBoolean()) {
          bad.head();
          bad.chunk();
        }
        assertThat(good.post(SERVICE + "Echo", WEB, abc).answer().text())
            .contains("grpc-status: 0");
        bad.reset();
        assertThat(good.post(SERVICE + "Count", WEB, count(50, 1000)).answer().body().length)
            .isGreaterThan(50_000)
            .isLessThan(52_000);
        assertThat(good.post(SERVICE + "Echo", WEB, abc).answer().text())
            .contains("grpc-status: 0");
      }
    }
  }

  private static byte[] count(int count, int size) {
    byte[] message =
        CountRequest.newBuilder().setCount(count).setPayloadSize(size).build().toByteArray();
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }
}

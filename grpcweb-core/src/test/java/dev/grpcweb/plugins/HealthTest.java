// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.GrpcWebClientFormat;
import dev.grpcweb.testing.Reply;
import io.grpc.BindableService;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HealthTest {
  private static final HealthCheckRequest CHAT =
      HealthCheckRequest.newBuilder().setService("chat").build();

  private final HealthStatusManager health = new HealthStatusManager();
  private final CallBench bench = new CallBench(GrpcWebClientFormat.BINARY);
  private final ProtoCalls calls = new ProtoCalls(bench);

  HealthTest() {
    bench.builder().addService(health.getHealthService());
    health.setStatus("chat", ServingStatus.SERVING);
  }

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    bench.close();
  }

  private static List<ServingStatus> statuses(Reply reply) {
    return ProtoCalls.messages(reply, HealthCheckResponse.parser()).stream()
        .map(HealthCheckResponse::getStatus)
        .toList();
  }

  @Test
  void checkTellsTheStatusOfAService() throws Exception {
    Reply reply = calls.call(HealthGrpc.getCheckMethod(), CHAT);

    assertThat(reply.status()).isEqualTo("OK");
    assertThat(statuses(reply)).containsExactly(ServingStatus.SERVING);
  }

  @Test
  void checkOfAnUnknownServiceIsNotFound() throws Exception {
    HealthCheckRequest other = HealthCheckRequest.newBuilder().setService("other").build();

    assertThat(calls.call(HealthGrpc.getCheckMethod(), other).code())
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void watchTellsEveryChange() {
    ClientCall watch = calls.open(HealthGrpc.getWatchMethod(), CHAT).halfClose();
    await().until(() -> watch.exchange().body().length > 0);

    health.setStatus("chat", ServingStatus.NOT_SERVING);
    health.enterTerminalState();
    health.setStatus("chat", ServingStatus.SERVING); // and nobody hears of it

    await()
        .untilAsserted(
            () ->
                assertThat(statuses(watch.soFar()))
                    .containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING));
  }

  @Test
  void aCancelledWatchIsForgotten() throws Exception {
    for (int i = 0; i < 50; i++) {
      ClientCall watch = calls.open(HealthGrpc.getWatchMethod(), CHAT).halfClose();
      await().until(() -> watch.exchange().body().length > 0);
      assertThat(watchers()).isEqualTo(1);

      watch.exchange().disconnect();

      await().until(() -> watchers() == 0);
      await().until(() -> bench.server().openCalls() == 0);
    }
  }

  @Test
  void aWatchThatMeetsItsDeadlineIsForgotten() throws Exception {
    Reply reply =
        bench
            .call(
                bench.head(HealthGrpc.getWatchMethod().getFullMethodName(), "grpc-timeout", "50m"))
            .sendBytes(Frames.frame(0, CHAT.toByteArray()))
            .halfClose()
            .await();

    assertThat(reply.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    await().until(() -> watchers() == 0);
  }

  /** The service counts them for its own tests. */
  private int watchers() throws ReflectiveOperationException {
    BindableService service = health.getHealthService();
    Method count = service.getClass().getDeclaredMethod("numWatchersForTest", String.class);
    count.setAccessible(true);
    return (int) count.invoke(service, "chat");
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.MessageLite;
import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.GrpcWebClientFormat;
import io.grpc.BinaryLog;
import io.grpc.binarylog.v1.GrpcLogEntry;
import io.grpc.binarylog.v1.GrpcLogEntry.EventType;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.BinaryLogSink;
import io.grpc.protobuf.services.BinaryLogs;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The binary log that grpc-java brings. */
final class BinaryLogTest {
  private final CallBench bench = new CallBench(GrpcWebClientFormat.TEXT);
  private final ProtoCalls calls = new ProtoCalls(bench);
  private final List<GrpcLogEntry> entries = new CopyOnWriteArrayList<>();

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    bench.close();
  }

  private BinaryLog log(String methods) throws Exception {
    return BinaryLogs.createBinaryLog(
        new BinaryLogSink() {
          @Override
          public void write(MessageLite message) {
            entries.add((GrpcLogEntry) message);
          }

          @Override
          public void close() {}
        },
        methods);
  }

  @Test
  void everythingOfACallIsLoggedAndAnsweredAsWithoutALog() throws Exception {
    HealthCheckRequest request = HealthCheckRequest.newBuilder().setService("").build();
    try (BinaryLog log = log("*")) {
      bench.builder().setBinaryLog(log).addService(new HealthStatusManager().getHealthService());

      assertThat(calls.call(HealthGrpc.getCheckMethod(), request).status()).isEqualTo("OK");
      await().until(() -> entries.size() == 6);
    }

    assertThat(entries)
        .extracting(GrpcLogEntry::getType)
        .containsExactly(
            EventType.EVENT_TYPE_CLIENT_HEADER,
            EventType.EVENT_TYPE_CLIENT_MESSAGE,
            EventType.EVENT_TYPE_CLIENT_HALF_CLOSE,
            EventType.EVENT_TYPE_SERVER_HEADER,
            EventType.EVENT_TYPE_SERVER_MESSAGE,
            EventType.EVENT_TYPE_SERVER_TRAILER);
    assertThat(entries.get(0).getClientHeader().getMethodName())
        .isEqualTo("/grpc.health.v1.Health/Check");
    assertThat(entries.get(0).getClientHeader().getAuthority()).isEqualTo("example.org:8080");
    assertThat(entries.get(1).getMessage().getData()).isEqualTo(request.toByteString());
  }

  @Test
  void aMethodThatIsNotLoggedIsLeftAlone() throws Exception {
    try (BinaryLog log = log("other.Service/*")) {
      bench.builder().setBinaryLog(log).addService(new HealthStatusManager().getHealthService());

      assertThat(
              calls
                  .call(HealthGrpc.getCheckMethod(), HealthCheckRequest.getDefaultInstance())
                  .status())
          .isEqualTo("OK");
    }

    assertThat(entries).isEmpty();
  }
}

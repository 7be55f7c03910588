// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.GrpcWebServer;
import io.grpc.opentelemetry.GrpcOpenTelemetry;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of docs/plugging-in.md over a real container. */
@Timeout(60)
final class PluggingInPageTest {
  @Test
  void whatIsPluggedInIsThereAndMeasures() throws Exception {
    EchoChat service = new EchoChat();
    InMemoryMetricReader reader = InMemoryMetricReader.create();
    SdkMeterProvider meters = SdkMeterProvider.builder().registerMetricReader(reader).build();
    OpenTelemetrySdk openTelemetry = OpenTelemetrySdk.builder().setMeterProvider(meters).build();
    // snippet: plugging-in
    GrpcWebServer.Builder builder = GrpcWebServer.builder().addService(service);
    builder.addService(ProtoReflectionServiceV1.newInstance());
    HealthStatusManager health = new HealthStatusManager();
    builder.addService(health.getHealthService());
    GrpcOpenTelemetry.newBuilder().sdk(openTelemetry).build().configureServerBuilder(builder);
    GrpcWebServer grpc = builder.build();
    // end
    try (DocumentedServer server = DocumentedServer.start(grpc)) {
      WebCall call =
          new WebCall(WebCall.http1(), server.base())
              .header("content-type", "application/grpc-web+proto");
      assertThat(call.post(WebCall.body("me")).trailer("grpc-status")).isEqualTo("0");

      assertThat(grpc.hasMethod("grpc.health.v1.Health/Check")).isTrue();
      assertThat(grpc.hasMethod("grpc.reflection.v1.ServerReflection/ServerReflectionInfo"))
          .isTrue();
      await()
          .untilAsserted(() -> assertThat(metrics(reader)).contains("grpc.server.call.duration"));
    } finally {
      grpc.shutdownNow();
      openTelemetry.close();
    }
  }

  @Test
  void optionsOfConnectionsAreTheContainers() {
    GrpcWebServer.Builder builder = GrpcWebServer.builder();

    assertThatThrownBy(() -> builder.handshakeTimeout(1, TimeUnit.SECONDS))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> builder.keepAliveTime(1, TimeUnit.SECONDS))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> builder.maxConnectionAge(1, TimeUnit.SECONDS))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private static List<String> metrics(InMemoryMetricReader reader) {
    return reader.collectAllMetrics().stream().map(MetricData::getName).toList();
  }
}

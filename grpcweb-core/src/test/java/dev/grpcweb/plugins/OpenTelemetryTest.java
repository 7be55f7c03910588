// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.GrpcWebClientFormat;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.opentelemetry.GrpcOpenTelemetry;
import io.grpc.protobuf.services.HealthStatusManager;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The standard metrics of gRPC servers, as OpenTelemetry's plug-in measures them. */
final class OpenTelemetryTest {
  private static final HealthCheckRequest CHAT = // 6 bytes
      HealthCheckRequest.newBuilder().setService("chat").build();
  private static final int RESPONSE_SIZE = 2; // SERVING, a varint behind its tag

  private final InMemoryMetricReader reader = InMemoryMetricReader.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build())
          .build();
  private final HealthStatusManager health = new HealthStatusManager();
  private CallBench bench = bench(GrpcWebClientFormat.BINARY);

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    bench.close();
    sdk.close();
  }

  private CallBench bench(GrpcWebClientFormat format) {
    CallBench measured = new CallBench(format);
    GrpcOpenTelemetry.newBuilder().sdk(sdk).build().configureServerBuilder(measured.builder());
    measured.builder().addService(health.getHealthService());
    return measured;
  }

  @ParameterizedTest
  @EnumSource
  void aCallIsMeasuredAlikeInEveryFormat(GrpcWebClientFormat format) throws Exception {
    bench = bench(format);
    health.setStatus("chat", ServingStatus.SERVING);

    new ProtoCalls(bench).call(HealthGrpc.getCheckMethod(), CHAT);

    assertThat(measured(4))
        .containsOnly(
            Map.entry("started grpc.health.v1.Health/Check", 1L),
            Map.entry("duration grpc.health.v1.Health/Check OK", 1L),
            Map.entry("sent grpc.health.v1.Health/Check OK", (long) RESPONSE_SIZE),
            Map.entry("rcvd grpc.health.v1.Health/Check OK", (long) CHAT.getSerializedSize()));
  }

  @Test
  void aStatusOfTheServiceIsTheMeasuredOne() throws Exception {
    new ProtoCalls(bench).call(HealthGrpc.getCheckMethod(), CHAT); // of a service it does not know

    assertThat(measured(4))
        .containsEntry("duration grpc.health.v1.Health/Check NOT_FOUND", 1L)
        .containsEntry("sent grpc.health.v1.Health/Check NOT_FOUND", 0L);
  }

  @Test
  void aStreamThatItsClientLeavesIsMeasuredAsCancelled() {
    health.setStatus("chat", ServingStatus.SERVING);
    ClientCall watch = new ProtoCalls(bench).open(HealthGrpc.getWatchMethod(), CHAT).halfClose();
    await().until(() -> watch.exchange().body().length > 0);
    health.setStatus("chat", ServingStatus.NOT_SERVING);

    watch.exchange().disconnect();

    assertThat(measured(4))
        .containsEntry("started grpc.health.v1.Health/Watch", 1L)
        .containsEntry("duration grpc.health.v1.Health/Watch CANCELLED", 1L)
        .containsEntry("sent grpc.health.v1.Health/Watch CANCELLED", 2L * RESPONSE_SIZE);
  }

  @Test
  void anUnknownMethodIsMeasuredWithoutItsName() throws Exception {
    bench.call(bench.head("any.Name/ThatSomebodySends")).await();

    assertThat(measured(3))
        .containsOnly(
            Map.entry("duration other UNIMPLEMENTED", 1L),
            Map.entry("sent other UNIMPLEMENTED", 0L),
            Map.entry("rcvd other UNIMPLEMENTED", 0L));
  }

  @Test
  void aCallThatEndsBeforeItsServiceStartsHasItsName() throws Exception {
    bench.call(bench.head("grpc.health.v1.Health/Check")).halfClose().await();

    assertThat(measured(4))
        .containsEntry("started grpc.health.v1.Health/Check", 1L)
        .containsEntry("duration grpc.health.v1.Health/Check UNIMPLEMENTED", 1L);
  }

  /** In a class loader of its own: the registration is for good and for all servers. */
  @Test
  void aGlobalRegistrationMeasuresToo() throws Exception {
    List<URL> classPath = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      classPath.add(Path.of(entry).toUri().toURL());
    }
    try (URLClassLoader own =
        new URLClassLoader(classPath.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      Callable<?> registration =
          (Callable<?>)
              own.loadClass(GlobalRegistration.class.getName())
                  .getDeclaredConstructor()
                  .newInstance();
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(own);
      try {
        assertThat(registration.call()).asString().contains("grpc.server.call.started");
      } finally {
        thread.setContextClassLoader(before);
      }
    }
  }

  /** Returns what there is, as soon as it is so much: metric, method and status against value. */
  private Map<String, Long> measured(int size) {
    Map<String, Long> measured = new TreeMap<>();
    await()
        .until(
            () -> {
              measured.clear();
              reader.collectAllMetrics().forEach(metric -> add(metric, measured));
              return measured.size() >= size;
            });
    return measured;
  }

  private static void add(MetricData metric, Map<String, Long> measured) {
    for (PointData point : metric.getData().getPoints()) {
      Attributes attributes = point.getAttributes();
      String key = attributes.get(AttributeKey.stringKey("grpc.method"));
      String status = attributes.get(AttributeKey.stringKey("grpc.status"));
      String of = " " + key + (status == null ? "" : " " + status);
      switch (metric.getName()) {
        case "grpc.server.call.started" ->
            measured.put("started" + of, ((LongPointData) point).getValue());
        case "grpc.server.call.duration" ->
            measured.put("duration" + of, ((HistogramPointData) point).getCount());
        case "grpc.server.call.sent_total_compressed_message_size" ->
            measured.put("sent" + of, (long) ((HistogramPointData) point).getSum());
        case "grpc.server.call.rcvd_total_compressed_message_size" ->
            measured.put("rcvd" + of, (long) ((HistogramPointData) point).getSum());
        default -> throw new AssertionError("unexpected metric " + metric.getName());
      }
    }
  }
}

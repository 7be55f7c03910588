// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.plugins;

import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.GrpcWebClientFormat;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.opentelemetry.GrpcOpenTelemetry;
import io.grpc.protobuf.services.HealthStatusManager;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.util.concurrent.Callable;

/** Registers OpenTelemetry for all servers, makes a call and returns the names of what it finds. */
public final class GlobalRegistration implements Callable<String> {
  public GlobalRegistration() {}

  @Override
  public String call() throws Exception {
    InMemoryMetricReader reader = InMemoryMetricReader.create();
    SdkMeterProvider meters = SdkMeterProvider.builder().registerMetricReader(reader).build();
    try (OpenTelemetrySdk sdk = OpenTelemetrySdk.builder().setMeterProvider(meters).build()) {
      GrpcOpenTelemetry.newBuilder().sdk(sdk).build().registerGlobal();
      CallBench bench = new CallBench(GrpcWebClientFormat.BINARY);
      bench.builder().addService(new HealthStatusManager().getHealthService());
      new ProtoCalls(bench)
          .call(HealthGrpc.getCheckMethod(), HealthCheckRequest.getDefaultInstance());
      bench.close();
      return reader.collectAllMetrics().stream().map(MetricData::getName).toList().toString();
    }
  }
}

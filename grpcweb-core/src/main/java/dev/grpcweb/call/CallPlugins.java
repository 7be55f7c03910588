// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What users have plugged in to watch calls or to place them, each list in the order of its use.
 *
 * @param tracers make a tracer for each call
 * @param transportFilters see the attributes of each call's connection
 * @param executors chooses the executor of a call; null if all run on the server's
 */
public record CallPlugins(
    List<ServerStreamTracer.Factory> tracers,
    List<ServerTransportFilter> transportFilters,
    @Nullable ServerCallExecutorSupplier executors) {
  /** Copies the lists. */
  public CallPlugins {
    tracers = List.copyOf(tracers);
    transportFilters = List.copyOf(transportFilters);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.census.InternalCensusTracingAccessor;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.testing.integration.AbstractInteropTest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** All of the tests, by grpc-java's client over HTTP/2, with what both sides measure. */
public abstract class NativeInterop extends AbstractInteropTest {
  private @Nullable Container container;

  /** Starts a container that has this server at its root. */
  protected abstract Container.Starter starter();

  @Override
  protected final ServerBuilder<?> getServerBuilder() {
    return new ContainerServerBuilder(server -> container = starter().start(server))
        .maxInboundMessageSize(MAX_MESSAGE_SIZE)
        .addStreamTracerFactory(createCustomCensusTracerFactory())
        // grpc-java's builders find OpenCensus on the class path and add this unasked.
        .addStreamTracerFactory(InternalCensusTracingAccessor.getServerStreamTracerFactory());
  }

  @Override
  protected final ManagedChannelBuilder<?> createChannelBuilder() {
    if (container == null) {
      throw new IllegalStateException("the container was not started");
    }
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), container.port()))
            .usePlaintext()
            .flowControlWindow(TEST_FLOW_CONTROL_WINDOW)
            .maxInboundMessageSize(MAX_MESSAGE_SIZE);
    // The test's own measuring, not that of the class path as well.
    InternalNettyChannelBuilder.setStatsEnabled(builder, false);
    return builder.intercept(createCensusStatsClientInterceptor());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.census.InternalCensusTracingAccessor;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.testing.integration.AbstractInteropTest;
import io.grpc.testing.integration.Messages.ResponseParameters;
import io.grpc.testing.integration.Messages.StreamingOutputCallRequest;
import io.grpc.testing.integration.Messages.StreamingOutputCallResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.Test;

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

  /**
   * As the original but for the text: that one knows what the client says which notices the
   * deadline first, or whose stream was reset. This server ends the call with a status instead.
   */
  @Override
  @Test
  public void deadlineExceeded() {
    blockingStub.emptyCall(EMPTY);
    StreamingOutputCallRequest request =
        StreamingOutputCallRequest.newBuilder()
            .addResponseParameters(
                ResponseParameters.newBuilder().setIntervalUs((int) TimeUnit.SECONDS.toMicros(20)))
            .build();
    Iterator<StreamingOutputCallResponse> responses =
        blockingStub.withDeadlineAfter(1, TimeUnit.SECONDS).streamingOutputCall(request);

    StatusRuntimeException thrown = assertThrows(StatusRuntimeException.class, responses::next);

    assertEquals(Status.Code.DEADLINE_EXCEEDED, thrown.getStatus().getCode());
  }
}

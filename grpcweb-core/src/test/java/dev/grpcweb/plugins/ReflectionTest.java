// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.GrpcWebClientFormat;
import dev.grpcweb.testing.Reply;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.util.MutableHandlerRegistry;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reflection, over a client that sends all its requests before it reads the answers. */
final class ReflectionTest {
  private static final ServerReflectionRequest LIST =
      ServerReflectionRequest.newBuilder().setListServices("").build();

  private final CallBench bench = new CallBench(GrpcWebClientFormat.TEXT);
  private final ProtoCalls calls = new ProtoCalls(bench);

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    bench.close();
  }

  private static List<String> names(ServerReflectionResponse response) {
    return response.getListServicesResponse().getServiceList().stream()
        .map(ServiceResponse::getName)
        .toList();
  }

  private List<ServerReflectionResponse> ask(ServerReflectionRequest request)
      throws InterruptedException {
    Reply reply = calls.call(ServerReflectionGrpc.getServerReflectionInfoMethod(), request);
    assertThat(reply.status()).isEqualTo("OK");
    return ProtoCalls.messages(reply, ServerReflectionResponse.parser());
  }

  @Test
  void theServicesAreListed() throws Exception {
    bench
        .builder()
        .addService(ProtoReflectionServiceV1.newInstance())
        .addService(new HealthStatusManager().getHealthService());

    assertThat(ask(LIST))
        .singleElement()
        .satisfies(
            response ->
                assertThat(names(response))
                    .containsExactlyInAnyOrder(
                        "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"));
  }

  @Test
  void severalQuestionsOfOneCallAreAnsweredInTheirOrder() throws Exception {
    bench
        .builder()
        .addService(ProtoReflectionServiceV1.newInstance())
        .addService(new HealthStatusManager().getHealthService());
    ServerReflectionRequest symbol =
        ServerReflectionRequest.newBuilder()
            .setFileContainingSymbol("grpc.health.v1.Health.Check")
            .build();

    ClientCall call = calls.open(ServerReflectionGrpc.getServerReflectionInfoMethod(), symbol);
    call.sendBytes(Frames.frame(0, LIST.toByteArray())).halfClose();
    List<ServerReflectionResponse> answers =
        ProtoCalls.messages(call.await(), ServerReflectionResponse.parser());

    assertThat(answers).hasSize(2);
    FileDescriptorProto file =
        FileDescriptorProto.parseFrom(
            answers.get(0).getFileDescriptorResponse().getFileDescriptorProto(0));
    assertThat(file.getService(0).getName()).isEqualTo("Health");
    assertThat(names(answers.get(1))).hasSize(2);
  }

  @Test
  void servicesOfTheFallbackRegistryAreListedAsTheyComeAndGo() throws Exception {
    MutableHandlerRegistry registry = new MutableHandlerRegistry();
    bench
        .builder()
        .addService(ProtoReflectionServiceV1.newInstance())
        .fallbackHandlerRegistry(registry);
    assertThat(names(ask(LIST).get(0))).containsExactly("grpc.reflection.v1.ServerReflection");

    registry.addService(new HealthStatusManager().getHealthService());

    assertThat(names(ask(LIST).get(0))).contains("grpc.health.v1.Health");
  }

  @Test
  @SuppressWarnings("deprecation") // Clients still ask for it.
  void theOlderReflectionServiceWorksTheSame() throws Exception {
    bench.builder().addService(io.grpc.protobuf.services.ProtoReflectionService.newInstance());

    Reply reply =
        calls.call(
            io.grpc.reflection.v1alpha.ServerReflectionGrpc.getServerReflectionInfoMethod(),
            io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
                .setListServices("")
                .build());

    assertThat(reply.status()).isEqualTo("OK");
    assertThat(
            ProtoCalls.messages(
                reply, io.grpc.reflection.v1alpha.ServerReflectionResponse.parser()))
        .singleElement()
        .satisfies(
            response ->
                assertThat(response.getListServicesResponse().getService(0).getName())
                    .isEqualTo("grpc.reflection.v1alpha.ServerReflection"));
  }
}

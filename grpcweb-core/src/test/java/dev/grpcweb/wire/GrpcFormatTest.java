// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.GrpcClientFormat;
import dev.grpcweb.testing.Hex;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests are native gRPC, and the bytes and fields of an answer. */
final class GrpcFormatTest {
  private final CallBench bench = new CallBench(GrpcClientFormat.NATIVE);

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    bench.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/grpc",
        "application/grpc+proto",
        "Application/GRPC+Proto",
        "application/grpc; charset=utf-8",
        "application/grpc+proto;a=b"
      })
  void aContentTypeOfProtocolBuffersIsServed(String contentType) {
    assertThat(WireFormat.of(contentType, null)).isSameAs(GrpcFormat.NATIVE);
    assertThat(WireFormats.isSupported(contentType)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/grpc+json", "application/grpc+foo", "application/grpc+"})
  void anotherCodecIsGrpcButNotServed(String contentType) {
    assertThat(WireFormat.of(contentType, null)).isNull();
    assertThat(WireFormats.isSupported(contentType)).isFalse();
    assertThat(WireFormats.isGrpc(contentType)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/grpcx", "application/grp", "application/json", "grpc"})
  void anotherTypeIsNotGrpc(String contentType) {
    assertThat(WireFormat.of(contentType, null)).isNull();
    assertThat(WireFormats.isGrpc(contentType)).isFalse();
  }

  @Test
  void whatTheClientAcceptsDoesNotMakeItWeb() {
    assertThat(WireFormat.of("application/grpc", "application/grpc-web-text"))
        .isSameAs(GrpcFormat.NATIVE);
  }

  @Test
  void anAnswerIsItsMessagesAndTheStatusFollowsThem() throws Exception {
    bench.serve(
        MethodType.UNARY,
        ServerCalls.asyncUnaryCall(
            (request, response) -> {
              response.onNext("re: " + request);
              response.onCompleted();
            }));

    ClientCall call = bench.open();
    call.unary("a");

    assertThat(Hex.of(call.exchange().body()))
        .isEqualTo("0000000005" + "72653a2061"); // not compressed, 5 bytes: "re: a"
    assertThat(call.exchange().trailers().toString()).isEqualTo("grpc-status: 0\n");
    assertThat(call.exchange().events()).containsExactly("begin", "write 10", "end");
  }

  @Test
  void trailersAreAnnouncedInTheHeadThatBeginsAResponse() throws Exception {
    bench
        .record(MethodType.SERVER_STREAMING)
        .on("start", service -> service.call().close(Status.OK, new Metadata()));

    ClientCall call = bench.open();
    call.await();

    assertThat(call.exchange().head().hasTrailers()).isTrue();
    assertThat(call.exchange().head().headers().toString())
        .isEqualTo("content-type: application/grpc\n");
    assertThat(call.exchange().body()).isEmpty();
  }

  @Test
  void theStatusHasItsMessageAndMetadataBesideIt() throws Exception {
    Metadata trailers = new Metadata();
    Metadata.Key<String> key = Metadata.Key.of("x-why", Metadata.ASCII_STRING_MARSHALLER);
    trailers.put(key, "one");
    trailers.put(key, "two");
    bench
        .record(MethodType.UNARY)
        .on(
            "start",
            service -> service.call().close(Status.ABORTED.withDescription("50 %"), trailers));

    ClientCall call = bench.open();
    call.await();

    assertThat(call.exchange().trailers().toString())
        .isEqualTo("grpc-status: 10\ngrpc-message: 50 %25\nx-why: one,two\n");
  }

  @Test
  void aFrameOfFlag80IsNoTrailersFrameButABrokenOne() throws Exception {
    bench.record(MethodType.CLIENT_STREAMING);

    ClientCall call = bench.open().sendBytes(Hex.bytes("80 00000000"));

    assertThat(call.await().message()).contains("reserved bits not zero");
  }
}

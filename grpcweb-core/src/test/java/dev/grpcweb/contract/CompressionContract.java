// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import dev.grpcweb.testing.ReversingCodec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Compressed messages in both directions. */
public interface CompressionContract extends OnBench {
  String LONG = "x".repeat(1000);

  @Test
  default void aGzippedRequestIsInflated() throws Exception {
    assertThat(requests("gzip", Frames.gzipped(LONG))).containsExactly("ready", "message:" + LONG);
  }

  @Test
  default void aStreamMayMixCompressedAndPlainRequests() throws Exception {
    byte[] plain = Frames.messages("plain");
    byte[] zipped = Frames.gzipped("zipped");
    byte[] both = Arrays.copyOf(plain, plain.length + zipped.length);
    System.arraycopy(zipped, 0, both, plain.length, zipped.length);

    assertThat(requests("gzip", both)).containsExactly("ready", "message:plain", "message:zipped");
  }

  @Test
  default void anUnknownEncodingIsRefusedBeforeAnyHandler() throws Exception {
    RecordingHandler handler = bench().record(MethodType.UNARY);

    assertThat(bench().open("grpc-encoding", "zstd").await().status())
        .isEqualTo("UNIMPLEMENTED: Can't find decompressor for zstd");
    assertThat(handler.calls()).isZero();
  }

  @Test
  default void aCompressedRequestWithoutAnEncodingIsInternal() throws Exception {
    Reply reply = brokenRequest(Frames.gzipped("a"));

    assertThat(reply.status())
        .isEqualTo("INTERNAL: Can't decode compressed gRPC message as compression not configured");
  }

  @Test
  default void aRequestThatInflatesBeyondTheLimitIsResourceExhausted() throws Exception {
    bench().builder().maxInboundMessageSize(100);

    Reply reply = brokenRequest(Frames.gzipped(LONG), "grpc-encoding", "gzip");

    assertThat(reply.status())
        .isEqualTo("RESOURCE_EXHAUSTED: Decompressed gRPC message exceeds maximum size 100");
  }

  @Test
  default void aRequestThatIsNoGzipIsInternal() throws Exception {
    Reply reply = brokenRequest(Frames.frame(0x01, new byte[] {1, 2, 3}), "grpc-encoding", "gzip");

    assertThat(reply.code()).isEqualTo(Status.Code.INTERNAL);
  }

  @Test
  default void aResponseIsGzippedIfTheServiceAsksAndTheClientAccepts() throws Exception {
    Reply reply = answer(call -> call.setCompression("gzip"), LONG, "br , gzip");

    assertThat(reply.headers().getAll("grpc-encoding")).containsExactly("gzip");
    assertThat(reply.frames()).extracting(Frames.Frame::flags).containsExactly(0x01);
    assertThat(reply.frames().get(0).payload())
        .hasSizeLessThan(100)
        .startsWith(0x1F, 0x8B); // the magic number of gzip
  }

  @Test
  default void theEncodingsThatTheClientAcceptsMayStandInSeveralFields() throws Exception {
    serveAnswer(call -> call.setCompression("gzip"), LONG);

    Reply reply =
        bench().open("grpc-accept-encoding", "br", "grpc-accept-encoding", "gzip").unary("");

    assertThat(reply.headers().getAll("grpc-encoding")).containsExactly("gzip");
  }

  @Test
  default void aResponseIsPlainIfTheServiceDoesNotAsk() throws Exception {
    Reply reply = answer(call -> {}, LONG, "gzip");

    assertThat(reply.headers().getAll("grpc-encoding")).containsExactly("identity");
    assertThat(reply.messages()).containsExactly(LONG);
  }

  @Test
  default void aResponseIsPlainIfTheClientDoesNotAccept() throws Exception {
    Reply reply = answer(call -> call.setCompression("gzip"), LONG, "identity,br");

    assertThat(reply.headers().getAll("grpc-encoding")).containsExactly("identity");
    assertThat(reply.messages()).containsExactly(LONG);
  }

  @Test
  default void aServiceMayExceptMessagesFromCompression() throws Exception {
    Reply reply =
        answer(
            call -> {
              call.setCompression("gzip");
              call.setMessageCompression(false);
            },
            LONG,
            "gzip");

    assertThat(reply.frames()).extracting(Frames.Frame::flags).containsExactly(0x00);
    assertThat(reply.messages()).containsExactly(LONG);
  }

  @Test
  default void anEmptyMessageIsNeverCompressed() throws Exception {
    Reply reply = answer(call -> call.setCompression("gzip"), "", "gzip");

    assertThat(reply.frames()).extracting(Frames.Frame::flags).containsExactly(0x00);
    assertThat(reply.messages()).containsExactly("");
  }

  @Test
  default void trailersAreNeverCompressed() throws Exception {
    Reply reply = answer(call -> call.setCompression("gzip"), LONG, "gzip");

    assertThat(reply.trailers().toString()).isEqualTo("grpc-status: 0\n");
  }

  @Test
  default void anUnknownCompressorIsTheServicesFault() throws Exception {
    RecordingHandler handler = bench().record(MethodType.UNARY);
    bench().open();
    ServerCall<String, String> call = handler.awaitCall().call();

    assertThatThrownBy(() -> call.setCompression("zstd"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Unable to find compressor by name zstd");
  }

  @Test
  default void compressionCannotChangeBehindTheHeaders() throws Exception {
    RecordingHandler handler = bench().record(MethodType.UNARY);
    bench().open();
    ServerCall<String, String> call = handler.awaitCall().call();
    call.sendHeaders(new Metadata());

    assertThatThrownBy(() -> call.setCompression("gzip"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("sendHeaders has been called");
  }

  @Test
  default void aCodecOfTheServersOwnServesBothDirections() throws Exception {
    ReversingCodec codec = new ReversingCodec();
    CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
    compressors.register(codec);
    bench()
        .builder()
        .compressorRegistry(compressors)
        .decompressorRegistry(DecompressorRegistry.emptyInstance().with(codec, true));
    RecordingHandler handler =
        bench()
            .record(MethodType.UNARY)
            .on("start", service -> service.call().request(2))
            .on(
                "halfClose",
                service -> {
                  service.call().setCompression("reversed");
                  service.call().sendHeaders(new Metadata());
                  service.call().sendMessage("abc");
                  service.call().close(Status.OK, new Metadata());
                });
    ClientCall call = bench().open("grpc-encoding", "reversed", "grpc-accept-encoding", "reversed");
    call.sendBytes(Frames.frame(0x01, new byte[] {'z', 'y', 'x'})).halfClose();

    Reply reply = call.await();

    assertThat(reply.messages()).containsExactly("cba");
    assertThat(reply.frames()).extracting(Frames.Frame::flags).containsExactly(0x01);
    assertThat(reply.headers().getAll("grpc-accept-encoding")).containsExactly("reversed");
    handler.awaitCall().await("message:xyz");
  }

  @Test
  default void aServerWithoutDecompressorsAdvertisesNone() throws Exception {
    bench().builder().decompressorRegistry(DecompressorRegistry.emptyInstance());

    Reply reply = answer(call -> {}, "abc", "gzip");

    assertThat(reply.headers().get("grpc-accept-encoding")).isNull();
  }

  private List<String> requests(String encoding, byte[] frames) throws Exception {
    RecordingHandler handler =
        bench()
            .record(MethodType.CLIENT_STREAMING)
            .on("start", service -> service.call().request(10));
    bench().open("grpc-encoding", encoding).sendBytes(frames).halfClose();
    RecordedCall service = handler.awaitCall().await("halfClose");
    return service.events().subList(0, service.events().size() - 1);
  }

  /** Sends the frame and two good ones behind it, none of which may reach the service. */
  private Reply brokenRequest(byte[] frame, String... headers) throws Exception {
    RecordingHandler handler =
        bench()
            .record(MethodType.CLIENT_STREAMING)
            .on("start", service -> service.call().request(10));
    ClientCall call = bench().open(headers);
    RecordedCall service = handler.awaitCall();
    call.sendBytes(frame).send("good", "good").halfClose();
    Reply reply = call.await();
    service.await("cancel");
    assertThat(service.events()).containsExactly("ready", "cancel");
    return reply;
  }

  private Reply answer(Consumer<ServerCall<String, String>> before, String message, String accepted)
      throws Exception {
    serveAnswer(before, message);
    return bench().open("grpc-accept-encoding", accepted).unary("");
  }

  private void serveAnswer(Consumer<ServerCall<String, String>> before, String message) {
    bench()
        .record(MethodType.UNARY)
        .on("start", service -> service.call().request(2))
        .on(
            "halfClose",
            service -> {
              before.accept(service.call());
              service.call().sendHeaders(new Metadata());
              service.call().sendMessage(message);
              service.call().close(Status.OK, new Metadata());
            });
  }
}

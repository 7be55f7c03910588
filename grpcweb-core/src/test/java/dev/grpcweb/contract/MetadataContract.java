// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Metadata in both directions. */
public interface MetadataContract extends OnBench {
  Metadata.Key<String> TEXT = Metadata.Key.of("x-text", Metadata.ASCII_STRING_MARSHALLER);
  Metadata.Key<byte[]> BINARY = Metadata.Key.of("x-data-bin", Metadata.BINARY_BYTE_MARSHALLER);

  @Test
  default void requestMetadataReachTheServiceInAnyCase() throws Exception {
    Metadata headers = requestMetadata("X-Text", "one", "x-TEXT", "two");

    assertThat(headers.getAll(TEXT)).containsExactly("one", "two");
  }

  @Test
  default void binaryRequestMetadataAreDecodedPaddedOrNot() throws Exception {
    Metadata headers =
        requestMetadata("x-data-bin", "AQ==", "X-Data-Bin", "AgM", "x-data-bin", "BA,BQ==");

    List<byte[]> values = new ArrayList<>();
    headers.getAll(BINARY).forEach(values::add);
    assertThat(values)
        .containsExactly(new byte[] {1}, new byte[] {2, 3}, new byte[] {4}, new byte[] {5});
  }

  @Test
  default void fieldsOfTheConnectionAndNamesThatAreNoKeysAreNotMetadata() throws Exception {
    Metadata headers =
        requestMetadata("Connection", "keep-alive", "Host", "a", "x!y", "1", "-bin", "AQ");

    assertThat(headers.keys()).doesNotContain("connection", "host", "x!y", "-bin");
  }

  @Test
  default void binaryRequestMetadataThatAreNoBase64AreAnInvalidArgument() throws Exception {
    RecordingHandler handler = bench().record(MethodType.UNARY);

    Reply reply = bench().open("x-data-bin", "!").await();

    assertThat(reply.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(handler.calls()).isZero();
  }

  @Test
  default void responseHeadersAndTrailersAreKeptApart() throws Exception {
    Reply reply = answerWith(metadata("of the head"), metadata("of the end"));

    assertThat(reply.headers().getAll("x-text")).containsExactly("of the head");
    assertThat(reply.trailers().getAll("x-text")).containsExactly("of the end");
  }

  @Test
  default void binaryResponseMetadataAreBase64WithoutPadding() throws Exception {
    Metadata headers = new Metadata();
    headers.put(BINARY, new byte[] {1});
    Metadata trailers = new Metadata();
    trailers.put(BINARY, new byte[] {2, 3});

    Reply reply = answerWith(headers, trailers);

    assertThat(reply.headers().getAll("x-data-bin")).containsExactly("AQ");
    assertThat(reply.trailers().getAll("x-data-bin")).containsExactly("AgM");
  }

  @Test
  default void severalValuesOfAKeyLeaveInOneField() throws Exception {
    Metadata headers = metadata("one");
    headers.put(TEXT, "two");
    headers.put(BINARY, new byte[] {1});
    headers.put(BINARY, new byte[] {2, 3});

    Reply reply = answerWith(headers, headers);

    assertThat(reply.headers().getAll("x-text")).containsExactly("one,two");
    assertThat(reply.headers().getAll("x-data-bin")).containsExactly("AQ,AgM");
    assertThat(reply.trailers().getAll("x-text")).containsExactly("one,two");
    assertThat(reply.trailers().getAll("x-data-bin")).containsExactly("AQ,AgM");
  }

  @Test
  default void aServiceCannotWriteTheFieldsOfTheWire() throws Exception {
    Metadata metadata = new Metadata();
    for (String name :
        List.of("grpc-status", "grpc-message", "grpc-encoding", "content-type", "content-length")) {
      metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), "7");
    }

    Reply reply = answerWith(metadata, metadata);

    assertThat(reply.headers().getAll("content-type"))
        .containsExactly(bench().format().responseType());
    assertThat(reply.headers().getAll("grpc-encoding")).containsExactly("identity");
    assertThat(reply.headers().get("grpc-status")).isNull();
    assertThat(reply.headers().get("content-length")).isNull();
    assertThat(reply.trailers().toString()).isEqualTo("grpc-status: 0\n");
  }

  @Test
  default void aValueCannotSmuggleALineIntoTheTrailers() throws Exception {
    Reply reply = answerWith(new Metadata(), metadata("a\r\ngrpc-status: 7"));

    assertThat(reply.trailers().toString()).isEqualTo("grpc-status: 0\n");
  }

  private Metadata requestMetadata(String... headers) throws InterruptedException {
    RecordingHandler handler =
        bench()
            .record(MethodType.UNARY)
            .on("halfClose", service -> service.call().close(Status.CANCELLED, new Metadata()));
    bench().open(headers).send("").halfClose();
    return handler.awaitCall().headers();
  }

  private Reply answerWith(Metadata headers, Metadata trailers) throws InterruptedException {
    bench()
        .record(MethodType.UNARY)
        .on("start", service -> service.call().request(1))
        .on(
            "halfClose",
            service -> {
              service.call().sendHeaders(headers);
              service.call().sendMessage("");
              service.call().close(Status.OK, trailers);
            });
    return bench().open().unary("");
  }

  private static Metadata metadata(String text) {
    Metadata metadata = new Metadata();
    metadata.put(TEXT, text);
    return metadata;
  }
}

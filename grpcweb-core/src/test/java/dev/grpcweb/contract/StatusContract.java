// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The status at the end, and where it travels. */
public interface StatusContract extends OnBench {
  Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  @ParameterizedTest
  @EnumSource(value = Status.Code.class, names = "OK", mode = EnumSource.Mode.EXCLUDE)
  default void everyBadStatusArrives(Status.Code code) throws Exception {
    assertThat(closedAtOnce(code.toStatus(), new Metadata()).code()).isEqualTo(code);
  }

  @Test
  default void aMessageIsPercentCodedUtf8() throws Exception {
    Reply reply = closedAtOnce(Status.ABORTED.withDescription("50% ü ☃\r\nnext"), new Metadata());

    assertThat(reply.message()).isEqualTo("50%25 %C3%BC %E2%98%83%0D%0Anext");
  }

  @Test
  default void aStatusWithoutAMessageHasNoMessageField() throws Exception {
    assertThat(closedAtOnce(Status.ABORTED, new Metadata()).trailers().get("grpc-message"))
        .isNull();
  }

  @Test
  default void detailsOfAStatusTravelAsBinaryMetadata() throws Exception {
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, new byte[] {8, 3});

    assertThat(
            closedAtOnce(Status.INVALID_ARGUMENT, trailers)
                .trailers()
                .get("grpc-status-details-bin"))
        .isEqualTo("CAM");
  }

  @Test
  default void anErrorBeforeAnyResponseIsInTheTrailers() throws Exception {
    Reply reply = closedAtOnce(Status.ABORTED.withDescription("why"), new Metadata());

    assertThat(reply.trailers().toString()).isEqualTo("grpc-status: 10\ngrpc-message: why\n");
    assertThat(reply.headers().toString())
        .isEqualTo("content-type: " + bench().format().responseType() + "\n");
  }

  @Test
  default void theResponseNamesTheEncodingsOfBothSides() throws Exception {
    RecordingHandler handler =
        bench()
            .record(MethodType.SERVER_STREAMING)
            .on("start", service -> service.call().sendHeaders(new Metadata()));
    ClientCall call = bench().open();
    handler.awaitCall();

    org.awaitility.Awaitility.await().until(() -> !call.exchange().events().isEmpty());
    assertThat(call.exchange().head().status()).isEqualTo(200);
    assertThat(call.exchange().head().headers().toString())
        .isEqualTo(
            "content-type: "
                + bench().format().responseType()
                + "\ngrpc-encoding: identity\ngrpc-accept-encoding: gzip\n");
  }

  private Reply closedAtOnce(Status status, Metadata trailers) throws InterruptedException {
    bench().record(MethodType.UNARY).on("start", service -> service.call().close(status, trailers));
    return bench().open().await();
  }
}

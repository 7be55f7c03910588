// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.RecordingExchange;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import dev.grpcweb.testing.Texts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

/** An error before any response is in the head, where that is wanted or usual. */
public interface StatusInHeadContract extends OnBench {
  /** Makes the server put such an error into the head. */
  void wantStatusInHead();

  @Test
  default void anErrorBeforeAnyResponseMayBeInTheHead() throws Exception {
    wantStatusInHead();
    Metadata trailers = new Metadata();
    trailers.put(StatusContract.DETAILS, new byte[] {8, 3});
    Status status = Status.ABORTED.withDescription("50%");
    record().on("start", service -> service.call().close(status, trailers));
    ClientCall call = openOnExchangeThatEndsWithHead();

    Reply reply = call.await();

    assertThat(reply.headers().toString())
        .isEqualTo(
            "content-type: "
                + bench().format().responseType()
                + "\ngrpc-status: 10\ngrpc-message: 50%25\ngrpc-status-details-bin: CAM\n");
    assertThat(reply.trailers().isEmpty()).isTrue();
    assertThat(call.exchange().events()).containsExactly("begin", "end");
  }

  @Test
  default void anErrorOfTheRequestsHeadIsInTheHeadToo() throws Exception {
    wantStatusInHead();
    record();
    ClientCall call = openOnExchangeThatEndsWithHead("grpc-timeout", "soon");

    assertThat(call.await().headers().get("grpc-status")).isEqualTo("3");
    assertThat(call.exchange().events()).containsExactly("begin", "end");
  }

  @Test
  default void anOkIsNeverInTheHead() throws Exception {
    wantStatusInHead();
    record().on("start", service -> service.call().close(Status.OK, new Metadata()));

    Reply reply = openOnExchangeThatEndsWithHead().await();

    assertThat(reply.trailers().get("grpc-status")).isEqualTo("0");
    assertThat(reply.headers().get("grpc-status")).isNull();
  }

  @Test
  default void anErrorBehindTheHeadersIsInTheTrailers() throws Exception {
    wantStatusInHead();
    record()
        .on(
            "start",
            service -> {
              service.call().sendHeaders(new Metadata());
              service.call().close(Status.ABORTED, new Metadata());
            });

    Reply reply = openOnExchangeThatEndsWithHead().await();

    assertThat(reply.trailers().get("grpc-status")).isEqualTo("10");
    assertThat(reply.headers().get("grpc-status")).isNull();
  }

  private RecordingHandler record() {
    return bench().record(MethodType.SERVER_STREAMING);
  }

  private ClientCall openOnExchangeThatEndsWithHead(String... headers) {
    return bench()
        .call(
            bench().head(Texts.SERVICE + "/Method", headers),
            new RecordingExchange().endWithHead());
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Reply;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.stub.ServerCalls;
import org.junit.jupiter.api.Test;

/** How many messages each side must send. */
public interface RequestCountContract extends OnBench {
  @Test
  default void aUnaryCallWithoutARequestIsUnimplemented() throws Exception {
    bench().serve(MethodType.UNARY, answering(1));

    assertThat(bench().open().halfClose().await().status())
        .isEqualTo("UNIMPLEMENTED: Half-closed without a request: expected 1");
  }

  @Test
  default void aUnaryCallWithTwoRequestsIsUnimplemented() throws Exception {
    bench().serve(MethodType.UNARY, answering(1));

    assertThat(bench().open().send("a", "b").await().status())
        .isEqualTo("UNIMPLEMENTED: Too many requests: expected 1, got 2");
  }

  @Test
  default void aServerStreamWithoutARequestIsUnimplemented() throws Exception {
    bench().serve(MethodType.SERVER_STREAMING, streaming());

    assertThat(bench().open().halfClose().await().status())
        .isEqualTo("UNIMPLEMENTED: Half-closed without a request: expected 1");
  }

  @Test
  default void aServerStreamWithTwoRequestsIsUnimplemented() throws Exception {
    bench().serve(MethodType.SERVER_STREAMING, streaming());

    assertThat(bench().open().send("a", "b").await().status())
        .isEqualTo("UNIMPLEMENTED: Too many requests: expected 1, got 2");
  }

  @Test
  default void aUnaryCallWithTwoResponsesIsInternal() throws Exception {
    bench().serve(MethodType.UNARY, answering(2));

    Reply reply = bench().open().unary("a");

    assertThat(reply.status()).isEqualTo("INTERNAL: Too many responses");
    assertThat(log().messages()).containsExactly("test.Texts/Method: Too many responses");
  }

  @Test
  default void aUnaryCallWithoutAResponseIsInternal() throws Exception {
    bench().serve(MethodType.UNARY, answering(0));

    assertThat(bench().open().unary("a").status())
        .isEqualTo("INTERNAL: Completed without a response");
  }

  private static io.grpc.ServerCallHandler<String, String> answering(int responses) {
    return ServerCalls.asyncUnaryCall(
        (request, observer) -> {
          for (int i = 0; i < responses; i++) {
            observer.onNext(request);
          }
          observer.onCompleted();
        });
  }

  private static io.grpc.ServerCallHandler<String, String> streaming() {
    return ServerCalls.asyncServerStreamingCall((request, observer) -> observer.onCompleted());
  }
}

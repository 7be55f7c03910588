// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.awaitility.Awaitility.await;

import dev.grpcweb.testing.RecordingExchange;
import dev.grpcweb.testing.RecordingHandler;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

/** What is different where a call shares its connection with others. */
public interface SharedSocketContract extends DeadlineContract {
  /** The call is cut off, the socket is not: so the client learns of it when it reads. */
  @Override
  @Test
  default void aDeadlineCutsOffAClientThatDoesNotReadAClosedAnswer() throws Exception {
    RecordingExchange exchange = new RecordingExchange();
    exchange.block();
    RecordingHandler handler =
        bench()
            .record(MethodType.SERVER_STREAMING)
            .on("start", service -> service.call().close(Status.OK, new Metadata()));
    bench().call(bench().head("test.Texts/Method", "grpc-timeout", "100m"), exchange);

    handler.awaitCall().await("cancel");
    await().until(() -> bench().server().openCalls() == 0);
    exchange.unblock();

    await().until(exchange::isAborted);
  }
}

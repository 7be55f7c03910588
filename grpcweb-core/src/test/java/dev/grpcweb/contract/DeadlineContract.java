// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Patience;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingExchange;
import dev.grpcweb.testing.RecordingHandler;
import dev.grpcweb.testing.Reply;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a call may last: what the client asks for and what the server grants. */
public interface DeadlineContract extends OnBench {
  @ParameterizedTest
  @CsvSource({
    "10H, 36000",
    "90S, 90",
    "1500.5m, 1", // a fraction
    "99999999950m, 99999999", // more than eight digits
    "999999999999999999999H, 3153600000", // beyond the hundred years of a deadline
  })
  default void theServiceSeesTheDeadlineThatTheClientAskedFor(String timeout, long seconds)
      throws Exception {
    Deadline deadline = deadline(timeout);

    assertThat(deadline).isNotNull();
    assertThat(requireNonNull(deadline).timeRemaining(TimeUnit.SECONDS))
        .isBetween(Math.max(0, seconds - 20), seconds);
  }

  @Test
  default void withoutATimeoutThereIsNoDeadline() throws Exception {
    RecordingHandler handler = bench().record(MethodType.UNARY);
    bench().open();

    assertThat(handler.awaitCall().context().getDeadline()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "", "10", "S", "-1S", "1d", "1_0S", "0x1S"})
  default void aTimeoutThatIsNoneIsAnInvalidArgument(String timeout) throws Exception {
    RecordingHandler handler = bench().record(MethodType.UNARY);

    Reply reply = bench().open("grpc-timeout", timeout).await();

    assertThat(reply.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(reply.message()).contains("grpc-timeout").contains("\"" + timeout + "\"");
    assertThat(handler.calls()).isZero();
  }

  @Test
  default void aTimeoutOfNothingHasAlreadyPassed() throws Exception {
    bench().record(MethodType.UNARY);

    assertThat(bench().open("grpc-timeout", "0m").await().code())
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  default void whenTheDeadlinePassesBothSidesAreTold() throws Exception {
    RecordingHandler handler = bench().record(MethodType.BIDI_STREAMING);
    RecordedCall service;
    int millis = 30;
    do {
      // A deadline that has passed before the call is ready leaves nothing but the cancellation.
      ClientCall call = bench().open("grpc-timeout", millis + "m");
      service = handler.awaitCall().await("cancel");
      assertThat(call.await().code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      millis *= 2;
    } while (service.events().equals(List.of("cancel")) && millis < 10_000);

    assertThat(service.events()).containsExactly("ready", "cancel");
    assertThat(service.context().isCancelled()).isTrue();
    assertThat(service.context().cancellationCause()).isNotNull();
    assertThat(service.call().isCancelled()).isTrue();
  }

  @Test
  default void aDeadlineThatPassesInsideTheStartWaitsForIt() throws Exception {
    CountDownLatch passed = new CountDownLatch(1);
    RecordingHandler handler =
        bench()
            .record(MethodType.BIDI_STREAMING)
            .on(
                "start",
                service -> {
                  service.context().addListener(context -> passed.countDown(), Runnable::run);
                  uninterruptibly(passed);
                });

    ClientCall call = bench().open("grpc-timeout", "30m");

    assertThat(call.await().code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(handler.awaitCall().await("cancel").events()).containsExactly("cancel");
  }

  @Test
  default void whatWasSentBeforeTheDeadlineArrives() throws Exception {
    bench()
        .record(MethodType.SERVER_STREAMING)
        .on(
            "start",
            service -> {
              service.call().sendHeaders(new Metadata());
              service.call().sendMessage("early");
            });

    Reply reply = bench().open("grpc-timeout", "50m").await();

    assertThat(reply.messages()).containsExactly("early");
    assertThat(reply.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  default void aDeadlineDropsWhatASlowClientHasNotRead() throws Exception {
    RecordingExchange exchange = new RecordingExchange();
    exchange.block();
    RecordingHandler handler =
        bench()
            .record(MethodType.SERVER_STREAMING)
            .on(
                "start", // which no deadline overtakes
                service -> {
                  service.call().sendHeaders(new Metadata());
                  service.call().sendMessage("x".repeat(100_000));
                });
    RequestHead head = bench().head("test.Texts/Method", "grpc-timeout", "100m");
    ClientCall call = bench().call(head, exchange);

    handler.awaitCall().await("cancel");
    call.exchange().unblock();
    Reply reply = call.await();
    assertThat(reply.messages()).isEmpty();
    assertThat(reply.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

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

    org.awaitility.Awaitility.await().until(exchange::isAborted);
  }

  @Test
  default void theServerBoundsTheDeadlineOfTheClient() throws Exception {
    bench().builder().maxDeadline(Duration.ofMinutes(1));
    assertThat(requireNonNull(deadline("1H")).timeRemaining(TimeUnit.SECONDS)).isBetween(40L, 60L);
  }

  @Test
  default void theServerBoundsACallWithoutADeadline() throws Exception {
    bench().builder().maxDeadline(Duration.ofMillis(30));
    bench().record(MethodType.UNARY);

    assertThat(bench().open().await().code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  default void aCallMayBecomeTooOld() throws Exception {
    bench().builder().maxCallAge(Duration.ofMillis(30));
    RecordingHandler handler = bench().record(MethodType.BIDI_STREAMING);

    for (int i = 0; i < 100 && handler.calls() == 0; i++) {
      // A call that is too old before its turn comes is not started.
      assertThat(bench().open().await().status())
          .isEqualTo("UNAVAILABLE: Call is older than 30 ms");
    }

    handler.awaitCall().await("cancel");
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private @Nullable Deadline deadline(String timeout) throws InterruptedException {
    RecordingHandler handler = bench().record(MethodType.UNARY);
    bench().open("grpc-timeout", timeout);
    return handler.awaitCall().context().getDeadline();
  }
}

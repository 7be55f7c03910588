// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.GrpcWebFilter;
import io.grpc.Status;
import jakarta.servlet.Filter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What clients that go away leave behind in a container: nothing that the next ones notice. Each
 * test has a server of its own, and no request is completed twice in any of them.
 */
public abstract class LeavingClients extends ServerFixture {
  private static final int RESETS = 300;
  private static final int RACES = 50;

  private @Nullable CompletionWatch watch;

  @Override
  Filter door(GrpcWebServer server) {
    watch = new CompletionWatch(new GrpcWebFilter(server));
    return watch;
  }

  @Override
  @AfterEach
  void everythingEnds() throws IOException {
    super.everythingEnds();
    if (watch != null) {
      assertThat(watch.faults()).isEmpty();
    }
  }

  /** What a write to a client that is gone leaves behind must not meet whoever is served next. */
  @Test
  void threeHundredClientsThatResetHarmNobodyElse() {
    serve();
    for (int i = 0; i < RESETS; i++) {
      assertThatCode(this::aClientThatResetsHarmsNobodyElse)
          .as("after %s resets", i)
          .doesNotThrowAnyException();
    }
  }

  private void aClientThatResetsHarmsNobodyElse() throws IOException {
    String id = newId();
    ClientCall open = hold(connect(Protocol.HTTP_1), Format.BINARY, id);
    ServedCall served = log.call(id);
    served.push("first");
    assertThat(open.next()).isEqualTo("first");
    open.http().vanish();
    while (!served.hasEnded() && !served.awaitStart().isCancelled()) {
      served.push("-".repeat(2000));
    }
    assertThat(echo(Protocol.HTTP_1).code()).isEqualTo(Status.Code.OK);
  }

  /** A page that is left cancels all its streams at once; the next page uses their connection. */
  @Test
  void streamsThatAreCancelledInARowLeaveTheirConnectionToTheOthers() throws IOException {
    serve();
    HttpConnection connection = connect(Protocol.H2C);
    String id = newId();
    ClientCall open = hold(connection, Format.BINARY, id);
    log.call(id).push("before");
    assertThat(open.next()).isEqualTo("before");
    for (int i = 0; i < RESETS; i++) {
      HttpExchange cancelled = hold(connection, Format.BINARY, newId()).http();
      // The client would answer a head that comes too late by another reset.
      assertThat(cancelled.status()).isEqualTo(200);
      cancelled.vanish();
    }
    log.call(id).push("after");
    assertThat(open.next()).isEqualTo("after");
    log.call(id).close(Status.OK);
    assertThat(open.code()).isEqualTo(Status.Code.OK);
  }

  /** Its end may come from both sides at once, and from the container by several callbacks. */
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "H2C", "WEB_SOCKET", "MUX_SOCKET"})
  void aCallThatEndsAsItsClientLeavesEndsOnce(Protocol protocol) throws Exception {
    serve();
    for (int i = 0; i < RACES; i++) {
      String id = newId();
      ClientCall open = hold(connect(protocol), Format.BINARY, id);
      ServedCall served = log.call(id);
      served.push("first");
      assertThat(open.next()).isEqualTo("first");
      int writes = i % 5;
      Thread service =
          new Thread(
              () -> {
                for (int write = 0; write < writes; write++) {
                  served.push("-".repeat(2000));
                }
                served.close(Status.OK);
              });
      service.start();
      open.http().vanish();
      service.join();
      served.awaitEnd();
      assertThat(served.ends()).isEqualTo(1);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Many streams of a connection that are cancelled at once: a container takes that for an attack,
 * unless it is told how much of it is usual. A subclass names the container, set up as the page of
 * set-ups has it.
 */
abstract class FastCancels extends ServerFixture {
  /** Each may count twice: the client answers a head that comes too late by another reset. */
  private static final int CANCELS = 400;

  @Test
  void fastCancelsLeaveTheirConnectionToTheOthers() {
    serve();
    assertThatCode(this::callsBetweenFastCancelsAreAnswered).doesNotThrowAnyException();
  }

  private void callsBetweenFastCancelsAreAnswered() throws IOException {
    HttpConnection connection = connect(Protocol.H2C);
    List<ClientCall> healthy = new ArrayList<>();
    for (int i = 0; i < CANCELS; i++) {
      if (i % 20 == 0) {
        healthy.add(echo(connection));
      }
      hold(connection, Format.BINARY, newId()).http().vanish();
    }
    for (ClientCall call : healthy) {
      assertThat(call.code()).isEqualTo(Status.Code.OK);
    }
  }
}

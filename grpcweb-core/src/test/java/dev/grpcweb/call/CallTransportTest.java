// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.LogCapture;
import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CallTransportTest {
  private static final Attributes.Key<String> TRACE = Attributes.Key.create("trace");

  private final LogCapture logged = new LogCapture();
  private final List<String> told = new ArrayList<>();
  private final Attributes connection = Attributes.newBuilder().set(TRACE, "-").build();

  @AfterEach
  void stopLogging() {
    logged.close();
  }

  @Test
  void withoutFiltersTheAttributesAreThoseOfTheConnection() {
    CallTransport transport = CallTransport.ready(List.of(), connection);

    assertThat(transport.attributes()).isSameAs(connection);
    assertThat(transport.fault()).isNull();
    transport.terminated();
  }

  @Test
  void attributesGoFromFilterToFilterAndTheLastOnesComeBackToAll() {
    CallTransport transport = CallTransport.ready(List.of(filter("a"), filter("b")), connection);

    assertThat(transport.attributes().get(TRACE)).isEqualTo("-ab");
    assertThat(told).containsExactly("ready a -", "ready b -a");
    transport.terminated();

    assertThat(told).endsWith("terminated a -ab", "terminated b -ab");
  }

  @Test
  void aFilterThatThrowsIsTheFaultOfTheCallAndNotToldOfItsEnd() {
    RuntimeException thrown = Status.PERMISSION_DENIED.asRuntimeException();
    CallTransport transport =
        CallTransport.ready(List.of(filter("a"), throwing(thrown, null), filter("c")), connection);

    assertThat(transport.fault())
        .isNotNull()
        .returns(Status.Code.PERMISSION_DENIED, Status::getCode);
    assertThat(logged.of(thrown)).hasSize(1);
    transport.terminated();

    assertThat(told).containsExactly("ready a -", "terminated a -a");
  }

  @Test
  void aFilterThatThrowsAtTheEndIsLoggedAndTheOthersHearOfIt() {
    RuntimeException thrown = new IllegalStateException("thrown by a filter");
    CallTransport transport =
        CallTransport.ready(List.of(throwing(null, thrown), filter("b")), connection);

    transport.terminated();

    assertThat(told).containsExactly("ready b -", "terminated b -b");
    assertThat(logged.of(thrown)).hasSize(1);
  }

  private ServerTransportFilter filter(String name) {
    return new ServerTransportFilter() {
      @Override
      public Attributes transportReady(Attributes attributes) {
        told.add("ready " + name + " " + attributes.get(TRACE));
        return attributes.toBuilder().set(TRACE, attributes.get(TRACE) + name).build();
      }

      @Override
      public void transportTerminated(Attributes attributes) {
        told.add("terminated " + name + " " + attributes.get(TRACE));
      }
    };
  }

  private static ServerTransportFilter throwing(
      @Nullable RuntimeException atReady, @Nullable RuntimeException atEnd) {
    return new ServerTransportFilter() {
      @Override
      public Attributes transportReady(Attributes attributes) {
        if (atReady != null) {
          throw atReady;
        }
        return attributes;
      }

      @Override
      public void transportTerminated(Attributes attributes) {
        if (atEnd != null) {
          throw atEnd;
        }
      }
    };
  }
}

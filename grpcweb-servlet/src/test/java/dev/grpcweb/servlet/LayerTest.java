// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.ApiCheck;
import dev.grpcweb.testing.LayerCheck;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The servlet knows core by its public side only, and gRPC by its API. */
final class LayerTest {
  @Test
  void coreIsUsedByItsPublicSideOnly() {
    LayerCheck check =
        new LayerCheck(Path.of("src/main/java"))
            .forbid("", "dev\\.grpcweb\\.(wire|call)\\..*")
            .forbid("", "io\\.grpc\\.(internal|stub|protobuf)\\..*")
            .forbid("", "io\\.grpc\\.Internal.*")
            .forbid("", "(org|com)\\.(?!jspecify).*");

    assertThat(check.violations()).isEmpty();
  }

  @Test
  void whatNeedsTheContainersSocketsIsApart() {
    LayerCheck check =
        new LayerCheck(Path.of("src/main/java")).forbid("", "jakarta\\.websocket\\..*");

    assertThat(check.violations())
        .isNotEmpty()
        .allMatch(line -> line.contains("dev/grpcweb/servlet/websocket/"));
  }

  @Test
  void theApiNamesNoForeignTypes() {
    assertThat(ApiCheck.typesOfPackage(GrpcWebFilter.class))
        .contains(GrpcWebFilter.class, GrpcWebServlet.class, CorsPolicy.class);
    assertThat(ApiCheck.foreignTypes(ApiCheck.typesOfPackage(GrpcWebFilter.class))).isEmpty();
  }
}

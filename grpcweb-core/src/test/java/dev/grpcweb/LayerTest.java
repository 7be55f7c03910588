// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.ApiCheck;
import dev.grpcweb.testing.LayerCheck;
import dev.grpcweb.transport.Exchange;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Imports point inward: root to wire to call, and bytes leave through transport. */
class LayerTest {
  private static final String ROOT_TYPES = "dev\\.grpcweb\\.(\\*|[A-Z].*)";

  @Test
  void importsPointInward() {
    LayerCheck check =
        new LayerCheck(Path.of("src/main/java"))
            .forbid("dev.grpcweb.call", "dev\\.grpcweb\\.(wire|transport)\\..*")
            .forbid("dev.grpcweb.call", ROOT_TYPES)
            .forbid("dev.grpcweb.wire", ROOT_TYPES)
            .forbid("dev.grpcweb.transport", "dev\\.grpcweb\\.(wire|call)\\..*")
            .forbid("dev.grpcweb.transport", ROOT_TYPES)
            .forbid("", "jakarta\\..*")
            .forbid("", "io\\.grpc\\.internal\\..*")
            .forbid("", "io\\.grpc\\.Internal.*")
            // Reflection finds its server under the key that only this class has.
            .allow("dev/grpcweb/ServerContextKey.java", "io.grpc.InternalServer")
            // What configures all servers of the process is known to this class alone.
            .allow("dev/grpcweb/GlobalConfigurators.java", "io.grpc.InternalConfiguratorRegistry");

    assertThat(check.violations()).isEmpty();
  }

  @Test
  void theApiNamesNoForeignTypes() {
    assertThat(ApiCheck.typesOfPackage(GrpcWebServer.class)).contains(GrpcWebServer.class);
    assertThat(ApiCheck.foreignTypes(ApiCheck.typesOfPackage(GrpcWebServer.class))).isEmpty();
    assertThat(ApiCheck.typesOfPackage(Exchange.class)).contains(Exchange.class);
    assertThat(ApiCheck.foreignTypes(ApiCheck.typesOfPackage(Exchange.class))).isEmpty();
  }
}

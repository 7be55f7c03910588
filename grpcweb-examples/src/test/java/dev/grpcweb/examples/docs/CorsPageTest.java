// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.examples.docs.WebCall.Answer;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.GrpcWebFilter;
import jakarta.servlet.DispatcherType;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What docs/cors.md says, asked of a server. */
final class CorsPageTest {
  private final GrpcWebServer grpc = GrpcWebServer.builder().addService(new EchoChat()).build();

  @AfterEach
  void stop() {
    grpc.shutdownNow();
  }

  @Test
  void aPolicyNamesWhoMayCall() throws Exception {
    // snippet: cors-policy
    CorsPolicy cors =
        CorsPolicy.builder()
            .allowOrigins("https://app.example.org", "http://localhost:5173")
            .allowOriginPattern(Pattern.compile("https://[a-z0-9-]+\\.example\\.org"))
            .allowCredentials(true)
            .maxAge(Duration.ofHours(1))
            .build();
    // end
    ServletContextHandler context = new ServletContextHandler();
    context.addFilter(
        new FilterHolder(new GrpcWebFilter(grpc, cors)), "/*", EnumSet.of(DispatcherType.REQUEST));
    try (DocumentedServer server = DocumentedServer.start(context)) {
      HttpHeaders answer =
          Preflight.send(server.base(), "http://localhost:5173", "content-type,x-custom");
      assertThat(answer.map())
          .containsEntry("access-control-allow-headers", List.of("content-type, x-custom"))
          .containsEntry("access-control-allow-credentials", List.of("true"))
          .containsEntry("access-control-max-age", List.of("3600"));
      assertThat(Preflight.allowedOrigin(server.base(), "http://localhost:5173"))
          .isEqualTo("http://localhost:5173");
      assertThat(Preflight.allowedOrigin(server.base(), "https://any.example.org"))
          .isEqualTo("https://any.example.org");
      assertThat(Preflight.allowedOrigin(server.base(), "https://example.com")).isEmpty();
    }
  }

  @Test
  void theBypassIsRefusedWithoutAnOrigin() throws Exception {
    CorsPolicy cors = CorsPolicy.builder().allowPreflightBypass(true).build();
    ServletContextHandler context = new ServletContextHandler();
    context.addFilter(
        new FilterHolder(new GrpcWebFilter(grpc, cors)), "/*", EnumSet.of(DispatcherType.REQUEST));
    String method =
        WebCall.METHOD + "?%24httpHeaders=content-type:application/grpc-web%2Bproto%0D%0A";
    try (DocumentedServer server = DocumentedServer.start(context)) {
      String own = server.base().toString().replaceFirst("/$", "");
      Answer refused = new WebCall(WebCall.http1(), server.base(), method).post(WebCall.body("x"));
      assertThat(refused.http().statusCode()).isEqualTo(403);
      Answer answered =
          new WebCall(WebCall.http1(), server.base(), method)
              .header("origin", own)
              .post(WebCall.body("x"));
      assertThat(answered.messages()).containsExactly("x");
    }
  }

  @Test
  void everyHeaderOfAResponseIsExposed() throws Exception {
    CorsPolicy cors = CorsPolicy.builder().allowAnyOrigin().build();
    ServletContextHandler context = new ServletContextHandler();
    context.addFilter(
        new FilterHolder(new GrpcWebFilter(grpc, cors)), "/*", EnumSet.of(DispatcherType.REQUEST));
    try (DocumentedServer server = DocumentedServer.start(context)) {
      Answer answer =
          new WebCall(WebCall.http1(), server.base())
              .header("content-type", "application/grpc-web+proto")
              .header("origin", "https://any.example.org")
              .post(WebCall.body("x"));
      assertThat(answer.http().headers().firstValue("access-control-expose-headers"))
          .get()
          .asString()
          .contains("grpc-status", "grpc-message", "grpc-status-details-bin", "grpc-encoding");
    }
  }

  @Test
  void anyOriginAndCredentialsExcludeEachOther() {
    CorsPolicy.Builder both = CorsPolicy.builder().allowAnyOrigin().allowCredentials(true);
    assertThatIllegalStateException().isThrownBy(both::build);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.transport.Headers;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CorsPolicyTest {
  private static final String APP = "https://app.example.org";
  private static final String API = "api.example.org";

  @Test
  void otherOriginsAreDeniedByDefault() {
    assertThat(CorsPolicy.sameOrigin().admits(APP, API)).isFalse();
    assertThat(CorsPolicy.sameOrigin().admits("null", API)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.example, a.example, true",
    "https://a.example, A.EXAMPLE, true",
    "https://a.example, a.example:443, true",
    "https://a.example:443, a.example, true",
    "https://a.example, a.example:80, false",
    "http://a.example, a.example:80, true",
    "http://a.example, a.example, true",
    "http://a.example:8080, a.example:8080, true",
    "http://a.example:8080, a.example, false",
    "http://a.example, a.example:8080, false",
    "http://[::1]:8080, [::1]:8080, true",
    "http://my_host:8080, my_host:8080, true",
    "http://my_host:8080, my_host, false",
    "http://my_host, your_host, false",
    "http://b.example, a.example, false",
    "http://a.example.evil, a.example, false",
    "null, a.example, false",
    "'http://a b', a.example, false",
    "http://a.example, 'a b', false",
  })
  void anOriginIsTheSameIfHostAndPortAre(String origin, String host, boolean same) {
    assertThat(CorsPolicy.sameOrigin().admits(origin, host)).isEqualTo(same);
  }

  @Test
  void originsAreAllowedByNamePatternOrPredicate() {
    CorsPolicy policy =
        CorsPolicy.builder()
            .allowOrigins(APP, "http://localhost:3000")
            .allowOriginPattern(Pattern.compile("https://[a-z]+\\.example\\.com"))
            .allowOriginsIf(origin -> origin.equals("capacitor://localhost"))
            .build();

    assertThat(policy.admits(APP, API)).isTrue();
    assertThat(policy.admits("http://localhost:3000", API)).isTrue();
    assertThat(policy.admits("http://localhost:3001", API)).isFalse();
    assertThat(policy.admits("https://x.example.com", API)).isTrue();
    assertThat(policy.admits("https://x.example.com.evil", API)).isFalse();
    assertThat(policy.admits("capacitor://localhost", API)).isTrue();
  }

  @Test
  void anAnswerExposesTheHeadersItHas() {
    CorsPolicy policy = CorsPolicy.builder().allowOrigins(APP).build();
    Headers headers = policy.answer(APP, List.of("Content-Type", "X-Custom", "Set-Cookie", "Vary"));

    assertThat(headers.get("access-control-allow-origin")).isEqualTo(APP);
    assertThat(headers.get("access-control-allow-credentials")).isNull();
    assertThat(headers.get("access-control-expose-headers"))
        .isEqualTo("grpc-message, grpc-status, grpc-status-details-bin, x-custom");
  }

  @Test
  void aPreflightAllowsPostAndEchoesWhatIsAsked() {
    CorsPolicy policy = CorsPolicy.builder().allowOrigins(APP).allowCredentials(true).build();
    Headers headers = policy.preflight(APP, "content-type,X-Custom , x-grpc-web, b@d, *");

    assertThat(headers.get("access-control-allow-origin")).isEqualTo(APP);
    assertThat(headers.get("access-control-allow-credentials")).isEqualTo("true");
    assertThat(headers.get("access-control-allow-methods")).isEqualTo("POST");
    assertThat(headers.get("access-control-max-age")).isEqualTo("600");
    assertThat(headers.get("access-control-allow-headers"))
        .isEqualTo("content-type, x-custom, x-grpc-web");
  }

  @Test
  void requestHeadersMayBeRestrictedButNotThoseOfTheClientItself() {
    CorsPolicy policy =
        CorsPolicy.builder().allowRequestHeaders("Authorization").maxAge(Duration.ZERO).build();
    Headers headers = policy.preflight(APP, "authorization,x-grpc-web,grpc-timeout,x-other");

    assertThat(headers.get("access-control-allow-headers"))
        .isEqualTo("authorization, x-grpc-web, grpc-timeout");
    assertThat(headers.get("access-control-max-age")).isEqualTo("0");
  }

  @Test
  void anyOriginExcludesCredentials() {
    CorsPolicy.Builder builder = CorsPolicy.builder().allowAnyOrigin();
    assertThat(builder.build().admits("https://anything.example", API)).isTrue();

    assertThatThrownBy(() -> builder.allowCredentials(true).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("allowOrigins");
  }

  @Test
  void whatIsNoOriginIsRefused() {
    assertThatThrownBy(() -> CorsPolicy.builder().allowOrigins(APP + "/"))
        .hasMessageContaining("scheme://host");
    assertThatThrownBy(() -> CorsPolicy.builder().allowOrigins("app.example.org"))
        .hasMessageContaining("app.example.org");
  }
}

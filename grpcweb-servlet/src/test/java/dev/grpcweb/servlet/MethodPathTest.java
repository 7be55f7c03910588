// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MethodPathTest {
  @ParameterizedTest
  @CsvSource({
    "'', '', /pkg.Svc/M, pkg.Svc/M",
    "/ctx, '', /ctx/pkg.Svc/M, pkg.Svc/M",
    "/ctx, /api, /ctx/api/pkg.Svc/M, pkg.Svc/M",
    "'', /api, /api/pkg.Svc/M, pkg.Svc/M",
    "'', '', /x/pkg.Svc/M, x/pkg.Svc/M",
    "'', /api, /api2/pkg.Svc/M,",
    "'', /api, /%61pi/pkg.Svc/M,",
    "'', /api, /pkg.Svc/M,",
    "'', /api, /api,",
    "'', '', //pkg.Svc/M, /pkg.Svc/M",
  })
  void thePathIsWhatFollowsThePrefix(String context, String prefix, String uri, String path) {
    HttpServletRequest request =
        new FakeRequest().with("getRequestURI", uri).with("getContextPath", context).request();

    assertThat(MethodPath.below(request, prefix)).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "M",
        "/M",
        "/pkg.Svc/M",
        "pkg.Svc/",
        "pkg.Svc//M",
        "x/pkg.Svc/M",
        "pkg.Svc/M/",
        "pkg.Svc/M;a=b",
        "pkg.Svc;a/M",
        "pkg.Svc%2FM",
        "pkg%2ESvc/M",
        "pkg.Svc/%4D",
        "pkg.Svc\\M",
      })
  void onlyTwoSegmentsAsTheyAreNameAMethod(String path) {
    assertThat(MethodPath.isMethod(path)).isFalse();
  }

  @Test
  void twoSegmentsNameAMethod() {
    assertThat(MethodPath.isMethod("pkg.Svc/M")).isTrue();
  }

  @Test
  void aPrefixBeginsWithASlashAndEndsWithoutOne() {
    assertThat(MethodPath.prefix(null)).isEmpty();
    assertThat(MethodPath.prefix("/")).isEmpty();
    assertThat(MethodPath.prefix("/a/b")).isEqualTo("/a/b");
    assertThatThrownBy(() -> MethodPath.prefix("api")).hasMessageContaining("api");
    assertThatThrownBy(() -> MethodPath.prefix("/api/*")).hasMessageContaining("/api/*");
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.testing.JettyServer;
import dev.grpcweb.servlet.testing.RawHttp;
import dev.grpcweb.testing.Hex;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests the filter and the servlet take, and what they answer to the others. */
final class JettyDoorTest {
  private static final String ECHO = "/grpcweb.test.TestService/Echo";
  private static final String WEB = "application/grpc-web+proto";
  // EchoRequest{text: "abc"}
  private static final byte[] ABC = Hex.bytes("00 00000005 0a03 616263");
  private static final String APP = "https://app.example.org";

  private final GrpcWebServer grpc = GrpcWebServer.builder().addService(new EchoService()).build();

  @AfterEach
  void stop() {
    grpc.shutdownNow();
  }

  /** A page that lives beside the services. */
  private static final class Page extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getOutputStream().print("page " + request.getMethod());
    }
  }

  private JettyServer.Builder filterAndPage() {
    return JettyServer.builder().filter(grpc).servlet(new Page(), "/");
  }

  private static RawHttp.Answer post(JettyServer jetty, String path, String type)
      throws IOException {
    try (RawHttp client = new RawHttp(jetty.port())) {
      return client.post(path, type, ABC).answer();
    }
  }

  private static RawHttp.Answer ask(JettyServer jetty, String... lines) throws IOException {
    try (RawHttp client = new RawHttp(jetty.port())) {
      return client.lines(lines).answer();
    }
  }

  @Test
  void theFilterHandsOnWhatIsNotItsOwn() throws IOException {
    try (JettyServer jetty = filterAndPage().start()) {
      assertThat(ask(jetty, "GET / HTTP/1.1", "Host: h", "").text()).isEqualTo("page GET");
      assertThat(ask(jetty, "GET /a/b HTTP/1.1", "Host: h", "").text()).isEqualTo("page GET");
      assertThat(ask(jetty, "OPTIONS /a/b HTTP/1.1", "Host: h", "").text())
          .isEqualTo("page OPTIONS");
      assertThat(post(jetty, "/a/b", "application/json").text()).isEqualTo("page POST");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE", "PUT", "PATCH"})
  void anotherVerbOnAMethodIsToldThatAClientIsNeeded(String verb) throws IOException {
    try (JettyServer jetty = filterAndPage().start()) {
      RawHttp.Answer answer = ask(jetty, verb + " " + ECHO + " HTTP/1.1", "Host: h", "");

      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.header("allow")).isEqualTo("POST, OPTIONS");
      assertThat(answer.header("content-type")).startsWith("text/plain");
      assertThat(answer.text()).contains("grpcweb.test.TestService/Echo").contains("gRPC-Web");
    }
  }

  @Test
  void aForeignContentTypeOnAMethodIsUnsupported() throws IOException {
    try (JettyServer jetty = filterAndPage().start()) {
      assertThat(post(jetty, ECHO, "application/json").status()).isEqualTo(415);
      assertThat(post(jetty, ECHO, "application/grpc-web+foo").status()).isEqualTo(415);
    }
  }

  @Test
  void nativeGrpcOverHttp1IsToldToUseHttp2() throws IOException {
    try (JettyServer jetty = filterAndPage().start()) {
      RawHttp.Answer answer = post(jetty, ECHO, "application/grpc");

      assertThat(answer.status()).isEqualTo(426);
      assertThat(answer.header("grpc-status")).isEqualTo("12");
      assertThat(answer.header("grpc-message")).contains("gRPC-Web");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/grpcweb.test.TestService/Nothing",
        "/x/grpcweb.test.TestService/Echo",
        "/grpcweb.test.TestService/Ech%6F",
        "/grpcweb.test.TestService/Echo;a=b",
        "/other",
      })
  void anUnknownMethodIsUnimplementedAtHttp200(String path) throws IOException {
    try (JettyServer jetty = filterAndPage().start()) {
      RawHttp.Answer answer = post(jetty, path, WEB);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).contains("grpc-status: 12");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', /*, ''",
    "'', /, ''",
    "'', /api/*, /api",
    "/ctx, /*, /ctx",
    "/ctx, /, /ctx",
    "/ctx, /a/b/*, /ctx/a/b",
  })
  void theServletServesItsMappingOnly(String context, String mapping, String before)
      throws IOException {
    try (JettyServer jetty =
        JettyServer.builder().contextPath(context).servlet(grpc, mapping).start()) {
      assertThat(post(jetty, before + ECHO, WEB).text()).contains("abc").contains("grpc-status: 0");
      assertThat(post(jetty, before + "/x" + ECHO, WEB).text()).contains("grpc-status: 12");
      assertThat(post(jetty, before + ECHO, "text/html").status()).isEqualTo(415);
      assertThat(post(jetty, before + "/x/y", "text/html").status()).isEqualTo(404);
      assertThat(ask(jetty, "GET " + before + ECHO + " HTTP/1.1", "Host: h", "").status())
          .isEqualTo(405);
      assertThat(ask(jetty, "GET " + before + "/x HTTP/1.1", "Host: h", "").status())
          .isEqualTo(404);
    }
  }

  @Test
  void theFilterServesItsPrefixOnly() throws IOException {
    try (JettyServer jetty =
        JettyServer.builder()
            .contextPath("/ctx")
            .filter(new GrpcWebFilter(grpc).setPrefix("/api"))
            .servlet(new Page(), "/")
            .start()) {
      assertThat(post(jetty, "/ctx/api" + ECHO, WEB).text()).contains("grpc-status: 0");
      assertThat(post(jetty, "/ctx" + ECHO, WEB).text()).isEqualTo("page POST");
    }
  }

  @Test
  void aPreflightOfAnAllowedOriginIsAnsweredWithoutMore() throws IOException {
    CorsPolicy cors = CorsPolicy.builder().allowOrigins(APP).build();
    try (JettyServer jetty = JettyServer.builder().filter(grpc, cors).start()) {
      RawHttp.Answer answer =
          ask(
              jetty,
              "OPTIONS " + ECHO + " HTTP/1.1",
              "Host: h",
              "Origin: " + APP,
              "Access-Control-Request-Method: POST",
              "Access-Control-Request-Headers: content-type,x-grpc-web",
              "");

      assertThat(answer.status()).isEqualTo(204);
      assertThat(answer.header("access-control-allow-origin")).isEqualTo(APP);
      assertThat(answer.header("access-control-allow-headers"))
          .isEqualTo("content-type, x-grpc-web");
      assertThat(answer.fields()).contains("Vary: Origin");
    }
  }

  @Test
  void aPreflightOfADeniedOriginGetsNoCorsHeaders() throws IOException {
    try (JettyServer jetty = JettyServer.builder().filter(grpc).start()) {
      RawHttp.Answer answer =
          ask(
              jetty,
              "OPTIONS " + ECHO + " HTTP/1.1",
              "Host: h",
              "Origin: " + APP,
              "Access-Control-Request-Method: POST",
              "");

      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.header("access-control-allow-origin")).isNull();
      assertThat(answer.text()).contains(APP);
    }
  }

  @Test
  void answersAndRefusalsAreReadableByAnAllowedOrigin() throws IOException {
    CorsPolicy cors = CorsPolicy.builder().allowOrigins(APP).allowCredentials(true).build();
    try (JettyServer jetty = JettyServer.builder().filter(grpc, cors).start()) {
      for (String type : new String[] {WEB, "application/json"}) {
        RawHttp.Answer answer =
            ask(
                jetty,
                "POST " + ECHO + " HTTP/1.1",
                "Host: h",
                "Origin: " + APP,
                "Content-Type: " + type,
                "Content-Length: 0",
                "");

        assertThat(answer.header("access-control-allow-origin")).isEqualTo(APP);
        assertThat(answer.header("access-control-allow-credentials")).isEqualTo("true");
        assertThat(answer.header("access-control-expose-headers"))
            .contains("grpc-status")
            .doesNotContain("*");
      }
    }
  }

  private static RawHttp.Answer bypass(JettyServer jetty, String origin, String extra)
      throws IOException {
    try (RawHttp client = new RawHttp(jetty.port())) {
      return client
          .lines(
              "POST "
                  + ECHO
                  + "?%24httpHeaders=content-type%3Aapplication%2Fgrpc-web%2Bproto%0D%0A"
                  + extra
                  + " HTTP/1.1",
              "Host: h",
              origin,
              "Content-Type: text/plain;charset=UTF-8",
              "Content-Length: " + ABC.length,
              "")
          .bytes(ABC)
          .answer();
    }
  }

  @Test
  void headersInTheUrlAreUnderstoodWhenSwitchedOnAndFromAllowedOriginsOnly() throws IOException {
    CorsPolicy cors = CorsPolicy.builder().allowOrigins(APP).allowPreflightBypass(true).build();
    try (JettyServer jetty = JettyServer.builder().filter(grpc, cors).start()) {
      assertThat(bypass(jetty, "Origin: " + APP, "").text())
          .contains("abc")
          .contains("grpc-status: 0");
      assertThat(bypass(jetty, "Origin: https://evil.example", "").status()).isEqualTo(403);
      assertThat(bypass(jetty, "X-No-Origin: 1", "").status()).isEqualTo(403);
      assertThat(bypass(jetty, "Origin: " + APP, "cookie%3Aa%3Db%0D%0A").status()).isEqualTo(400);
      assertThat(bypass(jetty, "Origin: " + APP, "%zz").status()).isEqualTo(400);
    }
    try (JettyServer jetty = JettyServer.builder().filter(grpc).start()) {
      assertThat(bypass(jetty, "Origin: " + APP, "").status()).isEqualTo(415);
    }
  }

  @Test
  void aServletThatTheContainerConstructsTakesItsServerFromTheContext() throws IOException {
    try (JettyServer jetty =
        JettyServer.builder()
            .context(
                context -> {
                  context.setAttribute(GrpcWebServlet.SERVER_ATTRIBUTE, grpc);
                  ServletHolder holder = new ServletHolder(GrpcWebServlet.class);
                  holder.setAsyncSupported(true);
                  holder.setInitParameter("allowedOrigins", APP + ", http://localhost:3000");
                  context.addServlet(holder, "/*");
                })
            .start()) {
      assertThat(post(jetty, ECHO, WEB).text()).contains("grpc-status: 0");
      assertThat(
              ask(jetty, "GET " + ECHO + " HTTP/1.1", "Host: h", "Origin: " + APP, "")
                  .header("access-control-allow-origin"))
          .isEqualTo(APP);
    }
    assertThat(grpc.isShutdown()).isFalse();
  }

  @Test
  void aFilterThatTheContainerConstructsBuildsAServerFromNamesAndPrefix() throws IOException {
    try (JettyServer jetty =
        JettyServer.builder()
            .context(
                context -> {
                  FilterHolder holder = new FilterHolder(GrpcWebFilter.class);
                  holder.setInitParameter("services", EchoService.class.getName() + ",");
                  holder.setInitParameter("prefix", "/api");
                  context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
                })
            .start()) {
      assertThat(post(jetty, "/api" + ECHO, WEB).text()).contains("grpc-status: 0");
    }
  }

  @ParameterizedTest
  @CsvSource({
    ", GrpcWebServlet has no services",
    "no.such.Service, there is no class no.such.Service",
    "java.lang.String, java.lang.String is not an io.grpc.BindableService",
  })
  void whatCannotBeBuiltIsSaid(String services, String message) {
    JettyServer.Builder builder =
        JettyServer.builder()
            .context(
                context -> {
                  ServletHolder holder = new ServletHolder(GrpcWebServlet.class);
                  holder.setInitOrder(1);
                  if (services != null) {
                    holder.setInitParameter("services", services);
                  }
                  context.addServlet(holder, "/*");
                });

    assertThatThrownBy(builder::start).hasStackTraceContaining(message);
  }

  @Test
  void aRequestThatCannotBeAsynchronousIsAnErrorWithItsRemedy() throws IOException {
    try (JettyServer jetty =
        JettyServer.builder()
            .context(
                context -> {
                  ServletHolder holder = new ServletHolder(new GrpcWebServlet(grpc));
                  holder.setAsyncSupported(false);
                  context.addServlet(holder, "/*");
                })
            .start()) {
      RawHttp.Answer answer = post(jetty, ECHO, WEB);

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.text()).contains("async-supported");
    }
  }
}

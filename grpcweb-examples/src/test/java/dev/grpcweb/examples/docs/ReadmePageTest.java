// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.examples.ChatService;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.GrpcWebFilter;
import jakarta.servlet.DispatcherType;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.junit.jupiter.api.Test;

/** The examples of README.md, run. */
final class ReadmePageTest {
  private static final String BINARY = "application/grpc-web+proto";

  @Test
  void twoLinesMountAService() throws Exception {
    ServletContextHandler context = new ServletContextHandler();
    // snippet: mount
    GrpcWebServer grpc = GrpcWebServer.builder().addService(new ChatService()).build();
    context.addFilter(
        new FilterHolder(new GrpcWebFilter(grpc)), "/*", EnumSet.of(DispatcherType.REQUEST));
    // end
    try (DocumentedServer server = DocumentedServer.start(context)) {
      assertThat(firstMessage(server.base())).contains("#0001 - ");
    } finally {
      grpc.shutdownNow();
    }
  }

  /** The chat goes on for minutes; its first message comes at once. */
  private static String firstMessage(URI base) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(WebCall.METHOD))
            .header("content-type", BINARY)
            .POST(HttpRequest.BodyPublishers.ofByteArray(WebCall.body("reader")))
            .build();
    HttpResponse<InputStream> response =
        WebCall.http1().send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      return new String(body.readNBytes(5 + 20), StandardCharsets.UTF_8);
    }
  }

  @Test
  void theScriptIsInTheJar() throws Exception {
    ServletContextHandler context = new ServletContextHandler();
    String name = "META-INF/resources/grpcweb/grpc-web-shim.js";
    try (InputStream script = context.getClass().getClassLoader().getResourceAsStream(name)) {
      assertThat(script).isNotNull();
      assertThat(new String(script.readAllBytes(), StandardCharsets.UTF_8))
          .contains("GrpcWebClientBase");
    }
  }

  @Test
  void anotherOriginIsAllowedByName() throws Exception {
    GrpcWebServer grpc = GrpcWebServer.builder().addService(new EchoChat()).build();
    // snippet: cors
    CorsPolicy cors = CorsPolicy.builder().allowOrigins("https://app.example.org").build();
    GrpcWebFilter filter = new GrpcWebFilter(grpc, cors);
    // end
    ServletContextHandler context = new ServletContextHandler();
    context.addFilter(new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST));
    try (DocumentedServer server = DocumentedServer.start(context)) {
      assertThat(Preflight.allowedOrigin(server.base(), "https://app.example.org"))
          .isEqualTo("https://app.example.org");
      assertThat(Preflight.allowedOrigin(server.base(), "https://evil.example.org")).isEmpty();
      String own = server.base().toString().replaceFirst("/$", "");
      assertThat(Preflight.allowedOrigin(server.base(), own)).isEqualTo(own);
    } finally {
      grpc.shutdownNow();
    }
  }

  @Test
  void theDependencyIsWhatTheBuildMakes() throws Exception {
    String shown = Markdown.of("README.md").block("dependency").text();
    String parent = Files.readString(Markdown.ROOT.resolve("pom.xml"));
    String module = Files.readString(Markdown.ROOT.resolve("grpcweb-servlet/pom.xml"));
    assertThat(element(shown, "groupId")).isEqualTo(element(parent, "groupId"));
    assertThat(element(shown, "version")).isEqualTo(element(parent, "version"));
    assertThat(module)
        .contains("</parent>\n  <artifactId>" + element(shown, "artifactId") + "</artifactId>");
  }

  private static String element(String xml, String name) {
    Matcher matcher = Pattern.compile("<" + name + ">([^<]+)</" + name + ">").matcher(xml);
    assertThat(matcher.find()).as(name).isTrue();
    return matcher.group(1);
  }
}

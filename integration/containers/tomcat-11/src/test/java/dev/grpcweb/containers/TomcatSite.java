// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.containers;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.GrpcWebFilter;
import dev.grpcweb.servlet.GrpcWebServlet;
import dev.grpcweb.servlet.contract.Limit;
import dev.grpcweb.servlet.contract.Site;
import dev.grpcweb.servlet.testing.TestCertificate;
import jakarta.servlet.Filter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.security.KeyStore;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.apache.tomcat.websocket.server.WsSci;

/** Tomcat as a site. */
final class TomcatSite implements Site {
  private final Tomcat tomcat;
  private final Connector plain;
  private final Connector tls;

  private TomcatSite(Tomcat tomcat, Connector plain, Connector tls) {
    this.tomcat = tomcat;
    this.plain = plain;
    this.tls = tls;
  }

  static Site start(Filter door) {
    return start("", context -> filter(context, door));
  }

  static Site start(GrpcWebServer server, CorsPolicy cors, Mount mount) {
    return switch (mount) {
      case FILTER -> start(new GrpcWebFilter(server, cors));
      case SERVLET ->
          start(
              mount.contextPath(),
              context -> {
                Wrapper servlet =
                    Tomcat.addServlet(context, "grpc-web", new GrpcWebServlet(server, cors));
                servlet.setAsyncSupported(true);
                servlet.addMapping(mount.mapping() + "/*");
              });
    };
  }

  private static Site start(String contextPath, Consumer<Context> door) {
    try {
      Tomcat tomcat = new Tomcat();
      File base = Files.createTempDirectory("grpcweb-tomcat").toFile();
      tomcat.setBaseDir(base.getPath());
      Connector plain = connector();
      Connector tls = connector();
      secure(tls);
      tomcat.setConnector(plain);
      tomcat.getService().addConnector(tls);
      Context context = tomcat.addContext(contextPath, base.getPath());
      // snippet: tomcat-websocket
      context.addServletContainerInitializer(new WsSci(), null);
      // end
      door.accept(context);
      tomcat.start();
      return new TomcatSite(tomcat, plain, tls);
    } catch (IOException | LifecycleException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void filter(Context context, Filter filter) {
    // snippet: tomcat-filter
    FilterDef definition = new FilterDef();
    definition.setFilterName("grpc-web");
    definition.setFilter(filter);
    definition.setAsyncSupported("true");
    context.addFilterDef(definition);
    FilterMap mapping = new FilterMap();
    mapping.setFilterName("grpc-web");
    mapping.addURLPattern("/*");
    context.addFilterMap(mapping);
    Tomcat.addServlet(context, "default", new DefaultServlet()).addMapping("/");
    // end
  }

  private static Connector connector() {
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("maxHttpHeaderSize", String.valueOf(32 * 1024));
    connector.setProperty("maxHeaderCount", "1000");
    // snippet: tomcat-http2
    Http2Protocol http2 = new Http2Protocol();
    http2.setMaxConcurrentStreams(1024);
    http2.setStreamReadTimeout(-1);
    http2.setDiscardRequestsAndResponses(true);
    http2.setOverheadCountFactor(0);
    http2.setOverheadResetFactor(0);
    http2.setOverheadDataThreshold(0);
    http2.setOverheadWindowUpdateThreshold(0);
    connector.addUpgradeProtocol(http2);
    connector.setProperty("useAsyncIO", "false");
    // end
    http2.setMaxHeaderCount(1000);
    return connector;
  }

  private static void secure(Connector connector) {
    KeyStore keyStore = TestCertificate.keyStore();
    KeyStore trustStore = TestCertificate.trustStore();
    String password = TestCertificate.password();
    // snippet: tomcat-tls
    connector.setSecure(true);
    connector.setScheme("https");
    connector.setProperty("SSLEnabled", "true");
    SSLHostConfig host = new SSLHostConfig();
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
    certificate.setCertificateKeystore(keyStore);
    certificate.setCertificateKeystorePassword(password);
    host.addCertificate(certificate);
    host.setTrustStore(trustStore);
    host.setCertificateVerification("optional");
    connector.addSslHostConfig(host);
    // end
  }

  @Override
  public int port() {
    return plain.getLocalPort();
  }

  @Override
  public int tlsPort() {
    return tls.getLocalPort();
  }

  @Override
  public boolean isAtRest() {
    return busyThreads(plain) + busyThreads(tls) == 0;
  }

  private static int busyThreads(Connector connector) {
    Executor executor = ((AbstractProtocol<?>) connector.getProtocolHandler()).getExecutor();
    return executor instanceof ThreadPoolExecutor pool ? pool.getActiveCount() : 0;
  }

  @Override
  public Set<Limit> limits() {
    return Set.of(Limit.HEADS_DO_NOT_END, Limit.NO_SOCKETS_OVER_HTTP_2);
  }

  @Override
  public void close() {
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new IllegalStateException(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance.tomcat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.conformance.Container;
import dev.grpcweb.servlet.GrpcWebFilter;
import dev.grpcweb.servlet.GrpcWebServlet;
import java.nio.file.Path;
import java.security.KeyStore;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.jspecify.annotations.Nullable;

/** Tomcat, of the version that the module names, set up as in the documentation. */
public final class TomcatContainer implements Container {
  private static final int MAX_CONCURRENT_STREAMS = 1024;

  @Override
  public int start(GrpcWebServer grpc, Door door, Tls tls) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Path.of("tomcat").toAbsolutePath().toString());
    Connector connector = connector();
    KeyStore keys = tls.keys();
    if (keys != null) {
      secure(connector, keys, tls.trusted());
    }
    tomcat.setConnector(connector);
    mount(tomcat.addContext("", null), grpc, door);
    tomcat.start();
    return connector.getLocalPort();
  }

  private static void mount(Context context, GrpcWebServer grpc, Door door) {
    switch (door) {
      case FILTER -> {
        FilterDef definition = new FilterDef();
        definition.setFilterName("grpc-web");
        definition.setFilter(new GrpcWebFilter(grpc));
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName("grpc-web");
        mapping.addURLPattern("/*");
        context.addFilterMap(mapping);
        Tomcat.addServlet(context, "default", new DefaultServlet()).addMapping("/");
      }
      case SERVLET -> {
        Wrapper servlet = Tomcat.addServlet(context, "grpc-web", new GrpcWebServlet(grpc));
        servlet.setAsyncSupported(true);
        servlet.addMapping("/*");
      }
    }
  }

  private static Connector connector() {
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    Http2Protocol http2 = new Http2Protocol();
    http2.setMaxConcurrentStreams(MAX_CONCURRENT_STREAMS);
    http2.setStreamReadTimeout(-1);
    http2.setDiscardRequestsAndResponses(true);
    http2.setOverheadCountFactor(0);
    http2.setOverheadResetFactor(0);
    http2.setOverheadDataThreshold(0);
    http2.setOverheadWindowUpdateThreshold(0);
    connector.addUpgradeProtocol(http2);
    connector.setProperty("useAsyncIO", "false");
    return connector;
  }

  private static void secure(Connector connector, KeyStore keys, @Nullable KeyStore trusted) {
    connector.setSecure(true);
    connector.setScheme("https");
    connector.setProperty("SSLEnabled", "true");
    SSLHostConfig host = new SSLHostConfig();
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
    certificate.setCertificateKeystore(keys);
    certificate.setCertificateKeystorePassword("");
    host.addCertificate(certificate);
    if (trusted != null) {
      host.setTrustStore(trusted);
      host.setCertificateVerification("required");
    }
    connector.addSslHostConfig(host);
  }
}

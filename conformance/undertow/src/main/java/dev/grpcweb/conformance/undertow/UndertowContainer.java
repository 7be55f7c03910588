// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance.undertow;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.conformance.Container;
import dev.grpcweb.servlet.GrpcWebFilter;
import dev.grpcweb.servlet.GrpcWebServlet;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.xnio.Options;
import org.xnio.SslClientAuthMode;

/** Undertow, set up as in the documentation. */
public final class UndertowContainer implements Container {
  private static final int MAX_RST_FRAMES = 10_000;

  @Override
  public int start(GrpcWebServer grpc, Door door, Tls tls) throws Exception {
    Undertow.Builder builder =
        Undertow.builder()
            .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
            .setServerOption(UndertowOptions.MAX_RST_FRAMES_PER_WINDOW, MAX_RST_FRAMES)
            .setHandler(handler(grpc, door));
    KeyStore keys = tls.keys();
    if (keys == null) {
      builder.addHttpListener(0, "127.0.0.1");
    } else {
      builder.addHttpsListener(0, "127.0.0.1", ssl(keys, tls.trusted()));
    }
    if (tls.trusted() != null) {
      builder.setSocketOption(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUIRED);
    }
    Undertow undertow = builder.build();
    undertow.start();
    return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
  }

  private static HttpHandler handler(GrpcWebServer grpc, Door door) throws ServletException {
    DeploymentInfo info =
        Servlets.deployment()
            .setClassLoader(UndertowContainer.class.getClassLoader())
            .setDeploymentName("conformance")
            .setContextPath("/");
    switch (door) {
      case FILTER -> {
        var filter = new ImmediateInstanceFactory<>(new GrpcWebFilter(grpc));
        info.addFilter(
            Servlets.filter("grpc-web", GrpcWebFilter.class, filter).setAsyncSupported(true));
        info.addFilterUrlMapping("grpc-web", "/*", DispatcherType.REQUEST);
      }
      case SERVLET -> {
        var servlet = new ImmediateInstanceFactory<>(new GrpcWebServlet(grpc));
        info.addServlet(
            Servlets.servlet("grpc-web", GrpcWebServlet.class, servlet)
                .setAsyncSupported(true)
                .addMapping("/*"));
      }
    }
    DeploymentManager deployment = Servlets.defaultContainer().addDeployment(info);
    deployment.deploy();
    return deployment.start();
  }

  private static SSLContext ssl(KeyStore keys, @Nullable KeyStore trusted)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        keyManagers(keys), trusted == null ? null : trustManagers(trusted), /* random= */ null);
    return context;
  }

  private static KeyManager[] keyManagers(KeyStore keys) throws GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, new char[0]);
    return factory.getKeyManagers();
  }

  private static TrustManager[] trustManagers(KeyStore trusted) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory.getTrustManagers();
  }
}

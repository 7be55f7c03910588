// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.GrpcWebServlet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;

/** Tomcat on a free port, with the servlet at its root. */
record TomcatContainer(Tomcat tomcat) implements Container {
  static Container start(GrpcWebServer server) {
    try {
      Path base = Files.createTempDirectory("grpcweb-tomcat");
      Tomcat tomcat = new Tomcat();
      tomcat.setBaseDir(base.toString());
      Http2Protocol http2 = new Http2Protocol();
      // The tests cancel more often than Tomcat takes for good manners.
      http2.setOverheadCountFactor(0);
      http2.setOverheadResetFactor(0);
      http2.setOverheadDataThreshold(0);
      http2.setOverheadWindowUpdateThreshold(0);
      Connector connector = new Connector();
      connector.setPort(0);
      connector.setProperty("address", "127.0.0.1");
      connector.addUpgradeProtocol(http2);
      connector.setProperty("useAsyncIO", "false");
      tomcat.setConnector(connector);
      Context context = tomcat.addContext("", base.toString());
      Wrapper servlet = Tomcat.addServlet(context, "grpc", new GrpcWebServlet(server));
      servlet.setAsyncSupported(true);
      servlet.addMapping("/*");
      tomcat.start();
      return new TomcatContainer(tomcat);
    } catch (IOException | LifecycleException e) {
      throw new IllegalStateException("Tomcat does not start", e);
    }
  }

  @Override
  public int port() {
    return tomcat.getConnector().getLocalPort();
  }

  @Override
  public void close() {
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new IllegalStateException("Tomcat does not stop", e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.GrpcWebServlet;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/** Where an application that is described by web.xml starts. */
// snippet: listener
@WebListener
public final class GrpcStart implements ServletContextListener {
  @Override
  public void contextInitialized(ServletContextEvent event) {
    GrpcWebServer grpc = GrpcWebServer.builder().addService(new EchoChat()).build();
    event.getServletContext().setAttribute(GrpcWebServlet.SERVER_ATTRIBUTE, grpc);
  }
}
// end

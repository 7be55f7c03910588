// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.GrpcWebFilter;
import dev.grpcweb.servlet.GrpcWebServlet;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** The two ways by which a web application lets the library in. */
enum Door {
  FILTER {
    @Override
    void add(GrpcWebServer grpc, ServletContextHandler context) {
      FilterHolder filter = new FilterHolder(new GrpcWebFilter(grpc));
      filter.setAsyncSupported(true);
      context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
    }
  },
  SERVLET {
    @Override
    void add(GrpcWebServer grpc, ServletContextHandler context) {
      ServletHolder servlet = new ServletHolder(new GrpcWebServlet(grpc));
      servlet.setAsyncSupported(true);
      context.addServlet(servlet, "/*");
    }
  };

  abstract void add(GrpcWebServer grpc, ServletContextHandler context);

  ServletContextHandler mount(GrpcWebServer grpc) {
    ServletContextHandler context = new ServletContextHandler("/");
    add(grpc, context);
    return context;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.WebSocketPolicy;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.GrpcWebFilter;
import io.grpc.ServerInterceptors;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.ee10.servlet.DefaultServlet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.resource.Resource;
import org.eclipse.jetty.util.resource.ResourceFactory;

/**
 * The example: the chat service, its page and the greeter on one port, over HTTP/1.1 and HTTP/2,
 * for browsers and for native clients, which may ask by reflection what there is.
 *
 * <p>Any thread may use it.
 */
public final class ExampleServer implements AutoCloseable {

  /** Held, or its level would be forgotten. */
  private static final Logger JETTY_LOG = Logger.getLogger("org.eclipse.jetty");

  private static final long CLOSE_MILLIS = 2000;

  private final GrpcWebServer grpc;
  private final Server jetty;
  private final ServerConnector connector;

  private ExampleServer(GrpcWebServer grpc, Server jetty, ServerConnector connector) {
    this.grpc = grpc;
    this.jetty = jetty;
    this.connector = connector;
  }

  /** Serves until the process is told to end; see {@link ExampleOptions#USAGE}. */
  public static void main(String[] args) throws Exception {
    ExampleOptions options;
    try {
      options = ExampleOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(ExampleOptions.USAGE);
      System.exit(2);
      return;
    }
    JETTY_LOG.setLevel(Level.WARNING);
    ExampleServer server = start(options);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "example-close"));
    String scheme = options.keyStore() == null ? "http" : "https";
    System.out.println("grpcweb example: " + scheme + "://localhost:" + server.port() + "/");
    server.jetty.join();
  }

  /** Starts a server with the options of a command line, which serves when this returns. */
  public static ExampleServer start(String... args) throws Exception {
    return start(ExampleOptions.parse(args));
  }

  private static ExampleServer start(ExampleOptions options) throws Exception {
    GrpcWebServer grpc =
        GrpcWebServer.builder()
            .addService(new ChatService(options.plan()))
            .addService(
                ServerInterceptors.intercept(new GreeterService(options.plan()), new GzipInKind()))
            .addService(ProtoReflectionServiceV1.newInstance())
            .maxInboundMessageSize(options.maxMessageBytes())
            .webSockets(WebSocketPolicy.builder().multiplexing(true).build())
            .build();
    Server jetty = new Server();
    Path keyStore = options.keyStore();
    ServerConnector connector =
        keyStore == null ? ExamplePort.plain(jetty) : ExamplePort.secure(jetty, keyStore);
    connector.setPort(options.port());
    jetty.addConnector(connector);
    jetty.setHandler(context(grpc, options));
    jetty.start();
    return new ExampleServer(grpc, jetty, connector);
  }

  private static ServletContextHandler context(GrpcWebServer grpc, ExampleOptions options)
      throws IOException {
    CorsPolicy cors =
        CorsPolicy.builder().allowOrigins(options.allowedOrigins().toArray(String[]::new)).build();
    FilterHolder filter = new FilterHolder(new GrpcWebFilter(grpc, cors));
    filter.setAsyncSupported(true);

    ServletHolder pages = new ServletHolder("default", DefaultServlet.class);
    pages.setInitParameter("dirAllowed", "false");
    pages.setInitParameter("cacheControl", "no-cache");

    ServletContextHandler context = new ServletContextHandler("/");
    context.setBaseResource(pages(ResourceFactory.of(context)));
    context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
    context.addServlet(pages, "/");
    JakartaWebSocketServletContainerInitializer.configure(context, null);
    return context;
  }

  /** The page, and what the jars on the class path offer to web applications. */
  private static Resource pages(ResourceFactory resources) throws IOException {
    ClassLoader loader = ExampleServer.class.getClassLoader();
    List<Resource> folders = new ArrayList<>();
    for (String folder : List.of("public", "META-INF/resources")) {
      for (URL url : Collections.list(loader.getResources(folder))) {
        folders.add(resources.newResource(url));
      }
    }
    return ResourceFactory.combine(folders);
  }

  /** The port it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Cancels what still runs, then stops. */
  @Override
  public void close() {
    grpc.shutdownNow();
    try {
      if (!grpc.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        System.err.println("some calls did not end in time");
      }
      jetty.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("the server did not stop", e);
    }
  }
}

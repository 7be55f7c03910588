// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.clients;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.rpc.StatusProto;
import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.WebSocketPolicy;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.GrpcWebFilter;
import dev.grpcweb.testing.proto.EchoRequest;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Serves {@link TestService} on two ports of the local host, of which one allows calls from every
 * origin, and on a third over TLS where it has a key store. It tells the ports, and what it serves,
 * in one line of JSON. When it is told to end, calls that run may go on for a little.
 */
public final class ClientTestServer {
  private static final long DRAIN_SECONDS = 5;

  /** Held, or its level would be forgotten. */
  private static final Logger JETTY_LOG = Logger.getLogger("org.eclipse.jetty");

  private ClientTestServer() {}

  /** Takes pairs of an option and its value: {@code --keystore FILE}, {@code --ping-millis N}. */
  public static void main(String[] args) throws Exception {
    JETTY_LOG.setLevel(Level.WARNING);
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    GrpcWebServer grpc =
        GrpcWebServer.builder()
            .addService(new TestService())
            .intercept(new MetadataEcho())
            .webSockets(sockets(Long.parseLong(options.getOrDefault("--ping-millis", "20000"))))
            .build();
    CorsPolicy anyOrigin = CorsPolicy.builder().allowAnyOrigin().build();
    Server open = new Server();
    open.setStopTimeout(TimeUnit.SECONDS.toMillis(DRAIN_SECONDS));
    open.addConnector(TestPorts.plain(open));
    String keyStore = options.get("--keystore");
    if (keyStore != null) {
      open.addConnector(TestPorts.secure(open, Path.of(keyStore)));
    }
    start(open, grpc, anyOrigin);
    Server denying = new Server();
    denying.addConnector(TestPorts.plain(denying));
    start(denying, grpc, CorsPolicy.builder().build());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(grpc, open), "drain"));
    System.out.printf(
        "{\"port\":%d,\"tlsPort\":%d,\"deniedPort\":%d,\"descriptors\":\"%s\"}%n",
        port(open, 0),
        keyStore == null ? 0 : port(open, 1),
        port(denying, 0),
        Base64.getEncoder().encodeToString(descriptors().toByteArray()));
    open.join();
  }

  private static WebSocketPolicy sockets(long pingMillis) {
    return WebSocketPolicy.builder()
        .multiplexing(true)
        .maxCallsPerSocket(250)
        .forwardHandshakeHeaders(HandshakeEcho.HEADER)
        .pingInterval(Duration.ofMillis(pingMillis))
        .pingTimeout(Duration.ofMillis(pingMillis))
        .build();
  }

  private static void start(Server server, GrpcWebServer grpc, CorsPolicy cors) throws Exception {
    ServletContextHandler context = new ServletContextHandler("/");
    add(context, new HandshakeEcho());
    add(context, new GrpcWebFilter(grpc, cors));
    JakartaWebSocketServletContainerInitializer.configure(context, null);
    server.setHandler(context);
    server.start();
  }

  private static void add(ServletContextHandler context, Filter filter) {
    FilterHolder holder = new FilterHolder(filter);
    holder.setAsyncSupported(true);
    context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
  }

  private static void drain(GrpcWebServer grpc, Server server) {
    grpc.shutdown();
    try {
      if (!grpc.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS)) {
        grpc.shutdownNow();
      }
      // Or the process could end before what was last written has gone.
      server.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("the server did not stop", e);
    }
  }

  private static int port(Server server, int connector) {
    return ((ServerConnector) server.getConnectors()[connector]).getLocalPort();
  }

  /** The files of the service and of the status details, each after those that it needs. */
  private static FileDescriptorSet descriptors() {
    Set<FileDescriptor> files = new LinkedHashSet<>();
    addWithImports(EchoRequest.getDescriptor().getFile(), files);
    addWithImports(StatusProto.getDescriptor(), files);
    FileDescriptorSet.Builder set = FileDescriptorSet.newBuilder();
    files.forEach(file -> set.addFile(file.toProto()));
    return set.build();
  }

  private static void addWithImports(FileDescriptor file, Set<FileDescriptor> files) {
    file.getDependencies().forEach(imported -> addWithImports(imported, files));
    files.add(file);
  }
}

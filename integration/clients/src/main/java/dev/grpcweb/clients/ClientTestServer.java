// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.clients;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.rpc.StatusProto;
import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.GrpcWebFilter;
import dev.grpcweb.testing.proto.EchoRequest;
import jakarta.servlet.DispatcherType;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Serves {@link TestService} on two ports of the local host, of which one allows calls from every
 * origin, until the process ends. It tells both ports, and what it serves, in one line of JSON.
 */
public final class ClientTestServer {

  /** Held, or its level would be forgotten. */
  private static final Logger JETTY_LOG = Logger.getLogger("org.eclipse.jetty");

  private ClientTestServer() {}

  public static void main(String[] args) throws Exception {
    JETTY_LOG.setLevel(Level.WARNING);
    GrpcWebServer grpc =
        GrpcWebServer.builder().addService(new TestService()).intercept(new MetadataEcho()).build();
    Server open = start(grpc, CorsPolicy.builder().allowAnyOrigin().build());
    Server denying = start(grpc, CorsPolicy.builder().build());
    System.out.printf(
        "{\"port\":%d,\"deniedPort\":%d,\"descriptors\":\"%s\"}%n",
        port(open), port(denying), Base64.getEncoder().encodeToString(descriptors().toByteArray()));
    open.join();
  }

  private static Server start(GrpcWebServer grpc, CorsPolicy cors) throws Exception {
    Server server = new Server();
    HttpConfiguration http = new HttpConfiguration();
    ServerConnector connector =
        new ServerConnector(
            server, new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    FilterHolder filter = new FilterHolder(new GrpcWebFilter(grpc, cors));
    filter.setAsyncSupported(true);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
    server.setHandler(context);
    server.start();
    return server;
  }

  private static int port(Server server) {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
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

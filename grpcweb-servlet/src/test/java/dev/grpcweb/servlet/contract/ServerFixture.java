// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.ClientCall.fields;
import static dev.grpcweb.servlet.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.WebSocketPolicy;
import dev.grpcweb.servlet.GrpcWebFilter;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A server for each test, in a container that a subclass names. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
abstract class ServerFixture {
  final CallLog log = new CallLog();
  final GrpcWebServer.Builder builder =
      GrpcWebServer.builder()
          .addService(new TextsService())
          .intercept(log)
          .webSockets(WebSocketPolicy.builder().multiplexing(true).build());
  private final Clients clients = new Clients();
  private final AtomicInteger ids = new AtomicInteger();
  private final List<HttpConnection> connections = new ArrayList<>();
  private final List<GrpcWebServer> servers = new ArrayList<>();
  private final List<Site> sites = new ArrayList<>();

  /** Starts the container with this at all paths. */
  protected abstract Site start(Filter door);

  /** Returns what the container is started with. */
  Filter door(GrpcWebServer server) {
    return new GrpcWebFilter(server);
  }

  @AfterEach
  void everythingEnds() throws IOException {
    for (HttpConnection connection : connections) {
      connection.close();
    }
    for (GrpcWebServer server : servers) {
      server.shutdownNow();
      await().until(server::isTerminated);
      assertThat(server.openCalls()).isZero();
    }
    clients.close();
    sites.forEach(Site::close);
    ServerThreadsGone.await();
  }

  GrpcWebServer serve() {
    GrpcWebServer server = builder.build();
    servers.add(server);
    sites.add(start(door(server)));
    return server;
  }

  Site site() {
    return sites.get(0);
  }

  HttpConnection connect(Protocol protocol) throws IOException {
    HttpConnection connection = protocol.connect(site(), clients);
    connections.add(connection);
    return connection;
  }

  ClientCall hold(HttpConnection connection, Format format, String id) throws IOException {
    Map<String, String> fields = fields(format);
    fields.put(CallLog.CALL_ID, id);
    String path = ClientCall.path("", "Hold");
    byte[] body = format.message("open");
    return new ClientCall(format, connection.request("POST", path, fields, body));
  }

  ClientCall echo(Protocol protocol) throws IOException {
    return echo(connect(protocol));
  }

  ClientCall echo(HttpConnection connection) throws IOException {
    Format format = Format.BINARY;
    String path = ClientCall.path("", "Echo");
    byte[] body = format.message("hello");
    return new ClientCall(format, connection.request("POST", path, fields(format), body));
  }

  String newId() {
    return "call-" + ids.incrementAndGet();
  }
}

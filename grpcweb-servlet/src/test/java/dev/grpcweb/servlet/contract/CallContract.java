// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.WebSocketPolicy;
import dev.grpcweb.servlet.CorsPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What a call has to be like over any container, protocol and door. A subclass names these three.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
public abstract class CallContract
    implements KindsOfCalls, MetadataAndErrors, BrokenRequests, FlowControl, EndsOfCalls {
  private static final AtomicInteger ids = new AtomicInteger();

  private final Protocol protocol;
  private final Site.Mount mount;
  private final CallLog log = new CallLog();
  private final List<HttpConnection> connections = new ArrayList<>();
  private final GrpcWebServer server =
      GrpcWebServer.builder()
          .addService(new TextsService())
          .intercept(log)
          .webSockets(WebSocketPolicy.builder().multiplexing(true).build())
          .build();
  private @Nullable Site site;
  private @Nullable Clients clients;

  protected CallContract(Protocol protocol, Site.Mount mount) {
    this.protocol = protocol;
    this.mount = mount;
  }

  /** Starts the container. */
  protected abstract Site start(GrpcWebServer toServe, CorsPolicy cors, Site.Mount at);

  @BeforeAll
  void startSite() {
    CorsPolicy cors =
        CorsPolicy.builder().allowOrigins(CrossOrigin.ALLOWED).allowCredentials(true).build();
    site = start(server, cors, mount);
    clients = new Clients();
  }

  @AfterEach
  void closeConnections() throws IOException {
    for (HttpConnection connection : connections) {
      connection.close();
    }
    connections.clear();
  }

  /** Calls that tests have left alone are over when their connection is. */
  @AfterAll
  void everythingEnds() throws InterruptedException {
    try {
      await().untilAsserted(() -> assertThat(server.openCalls()).as("open calls").isZero());
      server.shutdown();
      assertThat(server.awaitTermination(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      if (clients != null) {
        clients.close();
      }
      if (site != null) {
        site.close();
      }
    }
    ServerThreadsGone.await();
  }

  @Override
  public Protocol protocol() {
    return protocol;
  }

  @Override
  public Site.Mount mount() {
    return mount;
  }

  @Override
  public CallLog log() {
    return log;
  }

  @Override
  public void settle() {
    Patience.settle(site());
  }

  @Override
  public Set<Limit> limits() {
    return site().limits();
  }

  private Site site() {
    if (site == null) {
      throw new IllegalStateException("the site has not been started");
    }
    return site;
  }

  @Override
  public HttpConnection connect() throws IOException {
    if (clients == null) {
      throw new IllegalStateException("the site has not been started");
    }
    HttpConnection connection = protocol.connect(site(), clients);
    connections.add(connection);
    return connection;
  }

  @Override
  public String newId() {
    return "call-" + ids.incrementAndGet();
  }
}

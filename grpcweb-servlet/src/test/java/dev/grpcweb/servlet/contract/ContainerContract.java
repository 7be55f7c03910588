// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.Nested;

/**
 * What every container has to show: {@link CallContract} over each protocol at each door, {@link
 * ServerContract}, {@link LeavingClients} and {@link FastCancels}. A subclass names the container;
 * what that cannot do its {@link Site} says.
 */
public abstract class ContainerContract {
  /** Starts the container. */
  protected abstract Site start(GrpcWebServer server, CorsPolicy cors, Site.Mount mount);

  /** Starts the container with this at all paths. */
  protected abstract Site start(Filter door);

  private abstract class Calls extends CallContract {
    Calls(Protocol protocol, Site.Mount mount) {
      super(protocol, mount);
    }

    @Override
    protected final Site start(GrpcWebServer toServe, CorsPolicy cors, Site.Mount at) {
      return ContainerContract.this.start(toServe, cors, at);
    }
  }

  private abstract class HttpCalls extends Calls implements HttpRequests, Uploads, CrossOrigin {
    HttpCalls(Protocol protocol, Site.Mount mount) {
      super(protocol, mount);
    }
  }

  private abstract class Http1Calls extends HttpCalls implements NativeOverHttp1 {
    Http1Calls(Protocol protocol, Site.Mount mount) {
      super(protocol, mount);
    }
  }

  private abstract class Http2Calls extends HttpCalls implements FullDuplex, NativeOverHttp2 {
    Http2Calls(Protocol protocol, Site.Mount mount) {
      super(protocol, mount);
    }
  }

  @Nested
  final class Http1AtFilter extends Http1Calls {
    Http1AtFilter() {
      super(Protocol.HTTP_1, Site.Mount.FILTER);
    }
  }

  @Nested
  final class Http1AtServlet extends Http1Calls {
    Http1AtServlet() {
      super(Protocol.HTTP_1, Site.Mount.SERVLET);
    }
  }

  @Nested
  final class TlsHttp1AtFilter extends Http1Calls {
    TlsHttp1AtFilter() {
      super(Protocol.HTTP_1_TLS, Site.Mount.FILTER);
    }
  }

  @Nested
  final class TlsHttp1AtServlet extends Http1Calls {
    TlsHttp1AtServlet() {
      super(Protocol.HTTP_1_TLS, Site.Mount.SERVLET);
    }
  }

  @Nested
  final class H2cAtFilter extends Http2Calls {
    H2cAtFilter() {
      super(Protocol.H2C, Site.Mount.FILTER);
    }
  }

  @Nested
  final class H2cAtServlet extends Http2Calls {
    H2cAtServlet() {
      super(Protocol.H2C, Site.Mount.SERVLET);
    }
  }

  @Nested
  final class TlsHttp2AtFilter extends Http2Calls {
    TlsHttp2AtFilter() {
      super(Protocol.H2_TLS, Site.Mount.FILTER);
    }
  }

  @Nested
  final class TlsHttp2AtServlet extends Http2Calls {
    TlsHttp2AtServlet() {
      super(Protocol.H2_TLS, Site.Mount.SERVLET);
    }
  }

  private abstract class SocketCalls extends Calls implements FullDuplex {
    SocketCalls(Protocol protocol, Site.Mount mount) {
      super(protocol, mount);
    }
  }

  @Nested
  final class CallSocketsAtFilter extends SocketCalls {
    CallSocketsAtFilter() {
      super(Protocol.WEB_SOCKET, Site.Mount.FILTER);
    }
  }

  @Nested
  final class CallSocketsAtServlet extends SocketCalls {
    CallSocketsAtServlet() {
      super(Protocol.WEB_SOCKET, Site.Mount.SERVLET);
    }
  }

  @Nested
  final class TlsCallSocketsAtFilter extends SocketCalls {
    TlsCallSocketsAtFilter() {
      super(Protocol.WEB_SOCKET_TLS, Site.Mount.FILTER);
    }
  }

  private abstract class MuxCalls extends SocketCalls implements Uploads {
    MuxCalls(Protocol protocol, Site.Mount mount) {
      super(protocol, mount);
    }
  }

  @Nested
  final class MuxSocketAtFilter extends MuxCalls {
    MuxSocketAtFilter() {
      super(Protocol.MUX_SOCKET, Site.Mount.FILTER);
    }
  }

  @Nested
  final class MuxSocketAtServlet extends MuxCalls {
    MuxSocketAtServlet() {
      super(Protocol.MUX_SOCKET, Site.Mount.SERVLET);
    }
  }

  @Nested
  final class TlsMuxSocketAtFilter extends MuxCalls {
    TlsMuxSocketAtFilter() {
      super(Protocol.MUX_SOCKET_TLS, Site.Mount.FILTER);
    }
  }

  /** Servers with options of their own, their shutdown, and many streams. */
  @Nested
  final class Servers extends ServerContract {
    @Override
    protected Site start(Filter door) {
      return ContainerContract.this.start(door);
    }
  }

  @Nested
  final class Handshakes extends SocketHandshakes {
    @Override
    protected Site start(Filter door) {
      return ContainerContract.this.start(door);
    }
  }

  @Nested
  final class Sockets extends SocketLife {
    @Override
    protected Site start(Filter door) {
      return ContainerContract.this.start(door);
    }
  }

  @Nested
  final class Crowds extends SocketCrowds {
    @Override
    protected Site start(Filter door) {
      return ContainerContract.this.start(door);
    }
  }

  @Nested
  final class Leaving extends LeavingClients {
    @Override
    protected Site start(Filter door) {
      return ContainerContract.this.start(door);
    }
  }

  @Nested
  final class Cancels extends FastCancels {
    @Override
    protected Site start(Filter door) {
      return ContainerContract.this.start(door);
    }
  }
}

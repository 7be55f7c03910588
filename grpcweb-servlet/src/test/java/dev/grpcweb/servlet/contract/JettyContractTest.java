// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import org.junit.jupiter.api.Nested;

/** {@link CallContract} in Jetty. */
final class JettyContractTest {
  /** HTTP/1.1 and what it has in common with HTTP/2. */
  private abstract static class InJetty extends CallContract {
    InJetty(Protocol protocol, Site.Mount mount) {
      super(protocol, mount);
    }

    @Override
    protected Site start(GrpcWebServer toServe, CorsPolicy cors, Site.Mount at) {
      return JettySite.start(toServe, cors, at);
    }
  }

  private abstract static class Http2InJetty extends InJetty implements FullDuplex {
    Http2InJetty(Protocol protocol, Site.Mount mount) {
      super(protocol, mount);
    }
  }

  @Nested
  final class Http1AtFilter extends InJetty {
    Http1AtFilter() {
      super(Protocol.HTTP_1, Site.Mount.FILTER);
    }
  }

  @Nested
  final class Http1AtServlet extends InJetty {
    Http1AtServlet() {
      super(Protocol.HTTP_1, Site.Mount.SERVLET);
    }
  }

  @Nested
  final class TlsHttp1AtFilter extends InJetty {
    TlsHttp1AtFilter() {
      super(Protocol.HTTP_1_TLS, Site.Mount.FILTER);
    }
  }

  @Nested
  final class TlsHttp1AtServlet extends InJetty {
    TlsHttp1AtServlet() {
      super(Protocol.HTTP_1_TLS, Site.Mount.SERVLET);
    }
  }

  @Nested
  final class H2cAtFilter extends Http2InJetty {
    H2cAtFilter() {
      super(Protocol.H2C, Site.Mount.FILTER);
    }
  }

  @Nested
  final class H2cAtServlet extends Http2InJetty {
    H2cAtServlet() {
      super(Protocol.H2C, Site.Mount.SERVLET);
    }
  }

  @Nested
  final class TlsHttp2AtFilter extends Http2InJetty {
    TlsHttp2AtFilter() {
      super(Protocol.H2_TLS, Site.Mount.FILTER);
    }
  }

  @Nested
  final class TlsHttp2AtServlet extends Http2InJetty {
    TlsHttp2AtServlet() {
      super(Protocol.H2_TLS, Site.Mount.SERVLET);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import io.grpc.Status;
import java.io.IOException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@link CallContract} in Jetty. */
final class JettyContractTest {
  private abstract static class InJetty extends CallContract {
    InJetty(Protocol protocol, Site.Mount mount) {
      super(protocol, mount);
    }

    @Override
    protected Site start(GrpcWebServer toServe, CorsPolicy cors, Site.Mount at) {
      return JettySite.start(toServe, cors, at);
    }
  }

  private abstract static class Http1InJetty extends InJetty implements NativeOverHttp1 {
    Http1InJetty(Protocol protocol, Site.Mount mount) {
      super(protocol, mount);
    }
  }

  private abstract static class Http2InJetty extends InJetty
      implements FullDuplex, NativeOverHttp2 {
    Http2InJetty(Protocol protocol, Site.Mount mount) {
      super(protocol, mount);
    }

    /** So a client may try again: it has seen no headers, which would commit it to this answer. */
    @Test
    void anErrorWithoutAResponseIsOneFrame() throws IOException {
      ClientCall call = call(Format.NATIVE, "Fail", "UNAVAILABLE later");
      assertThat(call.http().headThatIsAll())
          .containsEntry("content-type", "application/grpc")
          .containsEntry("grpc-status", "14")
          .containsEntry("grpc-message", "later")
          .containsEntry("x-trail", "one,two");
      assertThat(call.code()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Nested
  final class Http1AtFilter extends Http1InJetty {
    Http1AtFilter() {
      super(Protocol.HTTP_1, Site.Mount.FILTER);
    }
  }

  @Nested
  final class Http1AtServlet extends Http1InJetty {
    Http1AtServlet() {
      super(Protocol.HTTP_1, Site.Mount.SERVLET);
    }
  }

  @Nested
  final class TlsHttp1AtFilter extends Http1InJetty {
    TlsHttp1AtFilter() {
      super(Protocol.HTTP_1_TLS, Site.Mount.FILTER);
    }
  }

  @Nested
  final class TlsHttp1AtServlet extends Http1InJetty {
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

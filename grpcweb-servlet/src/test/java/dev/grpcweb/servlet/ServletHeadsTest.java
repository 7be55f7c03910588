// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.grpcweb.servlet.testing.TestCertificate;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Grpc;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServletHeadsTest {
  private final FakeRequest fake =
      new FakeRequest()
          .with("getRemoteAddr", "192.0.2.7")
          .with("getRemotePort", 5000)
          .with("getLocalAddr", "2001:db8::1")
          .with("getLocalPort", 8080)
          .with("isSecure", false)
          .with("getServerName", "server.example")
          .with("getServerPort", 8080)
          .header("Content-Type", "application/grpc-web")
          .header("X-Two", "a", "b");

  private RequestHead head() {
    HttpServletRequest request = fake.request();
    return ServletHeads.head(request, "pkg.Svc/M", ServletHeads.headers(request));
  }

  @Test
  void namesAreLowerCasedValuesKeptAndPseudoHeadersLeftOut() {
    fake.header(":path", "/x").header("Host", "api.example:81");

    assertThat(head().headers().getAll("x-two")).containsExactly("a", "b");
    assertThat(head().headers().get("content-type")).isEqualTo("application/grpc-web");
    assertThat(head().headers().get(":path")).isNull();
    assertThat(head().authority()).isEqualTo("api.example:81");
  }

  @Test
  void withoutAHostTheAuthorityIsTheServersName() {
    assertThat(head().authority()).isEqualTo("server.example:8080");
    fake.with("getServerPort", 80);
    assertThat(head().authority()).isEqualTo("server.example");
    fake.header(":authority", "api.example");
    assertThat(head().authority()).isEqualTo("api.example");
  }

  @Test
  void addressesAreThoseOfTheConnection() {
    InetSocketAddress remote =
        (InetSocketAddress) head().attributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    InetSocketAddress local =
        (InetSocketAddress) head().attributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);

    assertThat(remote.getAddress().getHostAddress()).isEqualTo("192.0.2.7");
    assertThat(remote.getPort()).isEqualTo(5000);
    assertThat(local.getAddress().getHostAddress()).isEqualTo("2001:db8:0:0:0:0:0:1");
    assertThat(head().attributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown", "_hidden", "client.example", "999.1.1.1", "1.2.3", "cafe"})
  void whatIsNoAddressIsNotLookedUp(String name) {
    InetSocketAddress address = ServletHeads.address(name, 1);

    assertThat(address).isEqualTo(InetSocketAddress.createUnresolved(name, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "255.255.255.255", "::1", "[::1]", "fe80::1", "2001:db8::7"})
  void addressesInNumbersAreTaken(String text) {
    InetSocketAddress address = ServletHeads.address(text, 1);

    assertThat(address).isNotNull().returns(false, InetSocketAddress::isUnresolved);
  }

  @Test
  void noAddressIsNoAttribute() {
    fake.with("getRemoteAddr", "");

    assertThat(head().attributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).isNull();
  }

  @Test
  void whoIsKnownToTheContainerIsAnAttribute() {
    assertThat(head().attributes().get(ServletAttributes.USER_PRINCIPAL)).isNull();
    Principal user = () -> "alice";
    fake.user(user);

    assertThat(head().attributes().get(ServletAttributes.USER_PRINCIPAL)).isSameAs(user);
  }

  @Test
  void aTlsSessionShowsTheClientsCertificate() throws Exception {
    X509Certificate certificate =
        (X509Certificate) TestCertificate.keyStore().getCertificate("localhost");
    fake.with("isSecure", true)
        .attribute("jakarta.servlet.request.X509Certificate", new X509Certificate[] {certificate})
        .attribute("jakarta.servlet.request.cipher_suite", "TLS_AES_128_GCM_SHA256");
    SSLSession session = head().attributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);

    assertThat(session).isNotNull();
    assertThat(session.getPeerCertificates()).containsExactly(certificate);
    assertThat(session.getPeerPrincipal().getName()).isEqualTo("CN=localhost");
    assertThat(session.getCipherSuite()).isEqualTo("TLS_AES_128_GCM_SHA256");
  }

  @Test
  void aTlsSessionWithoutAClientCertificateSaysSo() {
    fake.with("isSecure", true);
    SSLSession session = head().attributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);

    assertThat(session).isNotNull();
    assertThatThrownBy(session::getPeerCertificates).isInstanceOf(SSLPeerUnverifiedException.class);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * What a servlet container tells of a TLS session, for interceptors that look for the client's
 * certificate as they would on another gRPC server. Read-only; holds nothing of the request.
 */
@SuppressWarnings("NullAway") // SSLSession returns null for what it does not know.
final class ServletSslSession implements SSLSession {
  private final X509Certificate[] peer;
  private final String cipherSuite;
  private final String protocol;
  private final String id;
  private final @Nullable String peerHost;
  private final int peerPort;

  private ServletSslSession(HttpServletRequest request) {
    peer =
        request.getAttribute("jakarta.servlet.request.X509Certificate")
                instanceof X509Certificate[] certificates
            ? certificates.clone()
            : new X509Certificate[0];
    cipherSuite = text(request, "jakarta.servlet.request.cipher_suite", "UNKNOWN");
    protocol = text(request, "jakarta.servlet.request.secure_protocol", "TLS");
    id = text(request, "jakarta.servlet.request.ssl_session_id", "");
    peerHost = request.getRemoteAddr();
    peerPort = request.getRemotePort();
  }

  static SSLSession of(HttpServletRequest request) {
    return new ServletSslSession(request);
  }

  private static String text(HttpServletRequest request, String attribute, String unknown) {
    return request.getAttribute(attribute) instanceof String text ? text : unknown;
  }

  @Override
  public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
    if (peer.length == 0) {
      throw new SSLPeerUnverifiedException("the client sent no certificate");
    }
    return peer.clone();
  }

  @Override
  public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
    return ((X509Certificate) getPeerCertificates()[0]).getSubjectX500Principal();
  }

  @Override
  public String getCipherSuite() {
    return cipherSuite;
  }

  @Override
  public String getProtocol() {
    return protocol;
  }

  /** Returns the identifier's text in bytes; containers write it in different ways. */
  @Override
  public byte[] getId() {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String getPeerHost() {
    return peerHost;
  }

  @Override
  public int getPeerPort() {
    return peerPort;
  }

  @Override
  public boolean isValid() {
    return true;
  }

  @Override
  public Certificate[] getLocalCertificates() {
    return null;
  }

  @Override
  public Principal getLocalPrincipal() {
    return null;
  }

  @Override
  public SSLSessionContext getSessionContext() {
    return null;
  }

  @Override
  public long getCreationTime() {
    return 0;
  }

  @Override
  public long getLastAccessedTime() {
    return 0;
  }

  @Override
  public void invalidate() {
    throw new UnsupportedOperationException("the session belongs to the container");
  }

  @Override
  public void putValue(String name, Object value) {
    throw new UnsupportedOperationException("the session belongs to the container");
  }

  @Override
  public Object getValue(String name) {
    return null;
  }

  @Override
  public void removeValue(String name) {
    throw new UnsupportedOperationException("the session belongs to the container");
  }

  @Override
  public String[] getValueNames() {
    return new String[0];
  }

  @Override
  public int getPacketBufferSize() {
    return 0;
  }

  @Override
  public int getApplicationBufferSize() {
    return 0;
  }
}

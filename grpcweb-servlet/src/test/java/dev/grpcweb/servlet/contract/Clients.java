// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.servlet.testing.TestCertificate;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** What the clients of a test class share; their certificate is {@link TestCertificate}. */
final class Clients implements AutoCloseable {
  private static final int STREAM_WINDOW = 64 * 1024;

  private final SSLContext tls = TestCertificate.clientContext();
  private final SslContextFactory.Client http2Tls = new SslContextFactory.Client();
  private final HTTP2Client http2 = new HTTP2Client();

  Clients() {
    QueuedThreadPool threads = new QueuedThreadPool(16);
    threads.setName("client");
    threads.setDaemon(true);
    http2.setExecutor(threads);
    http2.setInitialStreamRecvWindow(STREAM_WINDOW);
    http2.setInitialSessionRecvWindow(16 * 1024 * 1024);
    http2.setMaxLocalStreams(-1);
    http2.setMaxRequestHeadersSize(64 * 1024);
    http2Tls.setSslContext(tls);
    try {
      http2.start();
      http2Tls.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  SSLContext tls() {
    return tls;
  }

  HTTP2Client http2() {
    return http2;
  }

  SslContextFactory.Client http2Tls() {
    return http2Tls;
  }

  @Override
  public void close() {
    try {
      http2.stop();
      http2Tls.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.GrpcWebServlet;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A service asks for more of an upload over HTTP/1.1 whose client has gone, on a thread of its own.
 */
final class TomcatFailedReadTest {
  private static final String HEAD =
      """
      POST /test.Upload/Call HTTP/1.1
      Host: localhost
      Content-Type: application/grpc-web
      Content-Length: 100000

      """;

  @Test
  void aReadThatFailsOnAThreadOfTheServiceEndsTheRequestAndItsConnection() throws Exception {
    Upload upload = new Upload();
    Connector connector = new Connector();
    Tomcat tomcat = start(connector, upload.server());
    try {
      AbstractProtocol<?> protocol = (AbstractProtocol<?>) connector.getProtocolHandler();
      Socket client = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
      OutputStream out = client.getOutputStream();
      out.write(HEAD.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[] {0, 0, 0, 0, 1, 7});
      ServerCall<?, ?> call = upload.call.get(60, TimeUnit.SECONDS);
      // Without a demand nobody asks Tomcat for more than this, so nobody is told of the reset.
      pause();
      client.setSoLinger(true, 0);
      client.close();
      pause();
      call.request(2);
      upload.cancelled.get(60, TimeUnit.SECONDS);
      // Tomcat counts the connection that it is waiting for.
      Awaitility.await()
          .atMost(30, TimeUnit.SECONDS)
          .untilAsserted(() -> assertThat(protocol.getConnectionCount()).isLessThan(2));
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  /** If it is too short, Tomcat notices what it has to, and nothing is tested. */
  private static void pause() throws InterruptedException {
    Thread.sleep(200);
  }

  private static Tomcat start(Connector connector, GrpcWebServer server) throws LifecycleException {
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Path.of("target", "tomcat").toAbsolutePath().toString());
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", null);
    Wrapper wrapper = Tomcat.addServlet(context, "grpc-web", new GrpcWebServlet(server));
    wrapper.setAsyncSupported(true);
    wrapper.addMapping("/*");
    tomcat.start();
    return tomcat;
  }

  /** A service that leaves it to the test to ask. */
  private static final class Upload {
    final CompletableFuture<ServerCall<?, ?>> call = new CompletableFuture<>();
    final CompletableFuture<Void> cancelled = new CompletableFuture<>();

    GrpcWebServer server() {
      MethodDescriptor<InputStream, InputStream> method =
          MethodDescriptor.newBuilder(new Bytes(), new Bytes())
              .setFullMethodName("test.Upload/Call")
              .setType(MethodType.BIDI_STREAMING)
              .build();
      return GrpcWebServer.builder()
          .addService(
              ServerServiceDefinition.builder("test.Upload")
                  .addMethod(
                      method,
                      (opened, headers) -> {
                        call.complete(opened);
                        return new ServerCall.Listener<>() {
                          @Override
                          public void onCancel() {
                            cancelled.complete(null);
                          }
                        };
                      })
                  .build())
          .build();
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<InputStream> {
    @Override
    public InputStream stream(InputStream value) {
      return value;
    }

    @Override
    public InputStream parse(InputStream stream) {
      return stream;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import com.google.protobuf.ByteString;
import connectrpc.conformance.v1.ConfigOuterClass.TLSCreds;
import connectrpc.conformance.v1.ServerCompat.ServerCompatRequest;
import connectrpc.conformance.v1.ServerCompat.ServerCompatResponse;
import dev.grpcweb.GrpcWebServer;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;

/**
 * The process that the runner starts for each kind of connection. It reads one length-prefixed
 * request from standard input, answers with one on standard output when it listens, and serves
 * until it is killed. Standard input ends at once and says nothing by that; standard output belongs
 * to the protocol, so everything else goes to standard error.
 */
public final class ConformanceServer {
  private ConformanceServer() {}

  /**
   * Serves the suite.
   *
   * @param args {@code filter} or {@code servlet}: the door to mount
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      throw new IllegalArgumentException("expected one argument, filter or servlet");
    }
    // First of all, for a runner that has waited too long is gone when this one listens.
    ProcessHandle.current().parent().ifPresent(ConformanceServer::endWith);
    Container.Door door = Container.Door.valueOf(args[0].toUpperCase(Locale.ROOT));
    ServerCompatRequest request = read(new DataInputStream(System.in));
    GrpcWebServer grpc =
        GrpcWebServer.builder()
            .addService(new ConformanceService())
            .maxInboundMessageSize(request.getMessageReceiveLimit())
            .build();
    int port = container().start(grpc, door, tls(request));
    write(new DataOutputStream(System.out), answer(request, port));
  }

  private static Container container() {
    // No method reference, which would need the classes of Jetty even where it is not called.
    return ServiceLoader.load(Container.class).findFirst().orElseGet(() -> new JettyContainer());
  }

  /** A runner that is killed itself leaves nobody to kill its servers. */
  private static void endWith(ProcessHandle runner) {
    CompletableFuture<Void> unused = runner.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
  }

  private static Container.Tls tls(ServerCompatRequest request)
      throws GeneralSecurityException, IOException {
    if (!request.getUseTls()) {
      return new Container.Tls(null, null);
    }
    TLSCreds own = request.getServerCreds();
    ByteString client = request.getClientTlsCert();
    return new Container.Tls(
        Pem.keyStore(own.getCert().toStringUtf8(), own.getKey().toStringUtf8()),
        client.isEmpty() ? null : Pem.trustStore(client.toStringUtf8()));
  }

  private static ServerCompatRequest read(DataInputStream in) throws IOException {
    return ServerCompatRequest.parseFrom(in.readNBytes(in.readInt()));
  }

  private static ServerCompatResponse answer(ServerCompatRequest request, int port) {
    ByteString certificate =
        request.getUseTls() ? request.getServerCreds().getCert() : ByteString.EMPTY;
    return ServerCompatResponse.newBuilder()
        .setHost("127.0.0.1")
        .setPort(port)
        .setPemCert(certificate)
        .build();
  }

  private static void write(DataOutputStream out, ServerCompatResponse response)
      throws IOException {
    out.writeInt(response.getSerializedSize());
    response.writeTo(out);
    out.flush();
  }
}

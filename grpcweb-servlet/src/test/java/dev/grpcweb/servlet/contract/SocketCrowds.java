// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.testing.MuxMessage;
import dev.grpcweb.testing.Texts;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many sockets at once, and many that make no sense one after the other. A subclass names the
 * container. Each test has a server of its own.
 */
public abstract class SocketCrowds extends SocketFixture {
  private static final int SOCKETS = 2_000;

  /** Of the container, of ours, and of the client, which is in the same heap. */
  private static final long MOST_BYTES_EACH = 128 * 1024;

  private static final int SENSELESS_SOCKETS = 300;
  private static final int MOST_MESSAGES = 8;

  @Test
  void twoThousandSocketsAreOpenAtOnceInBoundedMemory() throws IOException {
    GrpcWebServer server = serve();
    open("HoldBoth", newId());
    await().until(() -> server.openCalls() == 1);
    long before = usedHeap();
    List<RawWebSocket> crowd = new ArrayList<>();
    List<ServedCall> served = new ArrayList<>();
    for (int i = 0; i < SOCKETS; i++) {
      String id = newId();
      crowd.add(open("HoldBoth", id));
      served.add(log.call(id));
    }
    served.forEach(ServedCall::awaitStart);
    for (ServedCall call : served) {
      call.push("hello");
    }
    for (RawWebSocket socket : crowd) {
      // The header block and the message, each a prefix and a payload.
      for (int i = 0; i < 4; i++) {
        assertThat(socket.next()).isNotNull();
      }
    }
    assertThat(server.openCalls()).isEqualTo(1 + SOCKETS);
    assertThat((usedHeap() - before) / SOCKETS).as("bytes of a socket").isLessThan(MOST_BYTES_EACH);

    for (RawWebSocket socket : crowd) {
      socket.reset();
    }
    served.forEach(call -> assertThat(call.awaitEnd()).isEqualTo(ServedCall.End.CANCEL));
    await().until(() -> server.openCalls() == 1);
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** The one socket that may be open is free again each time: nothing of the last one is left. */
  @ParameterizedTest
  @ValueSource(strings = {CallSockets.SUBPROTOCOL, MuxSocket.SUBPROTOCOL})
  void messagesThatMakeNoSenseLeaveNothingBehind(String subprotocol) throws IOException {
    sockets.multiplexing(true).maxSockets(1);
    builder.maxInboundMessageSize(1000);
    GrpcWebServer server = serve();
    boolean many = subprotocol.equals(MuxSocket.SUBPROTOCOL);
    List<byte[]> seeds = many ? manyCalls() : oneCall();
    Random random = new Random(20_000);
    for (int i = 0; i < SENSELESS_SOCKETS; i++) {
      RawWebSocket socket = accepted(many ? "/" : path("HoldBoth"), subprotocol);
      try {
        babble(socket, seeds, random);
      } catch (IOException closed) {
        // The server may have had enough.
      }
      socket.reset();
    }
    await().until(() -> server.takesWebSockets() && server.openCalls() == 0);
  }

  private RawWebSocket accepted(String path, String subprotocol) {
    // The last one may be accepted before the server counts it, and refused after it has gone.
    Optional<RawWebSocket> accepted =
        await()
            .until(
                () -> {
                  RawWebSocket socket = handshake(path, subprotocol, Map.of());
                  return socket.isAccepted() ? Optional.of(socket) : Optional.empty();
                },
                Optional::isPresent);
    return accepted.orElseThrow();
  }

  private static void babble(RawWebSocket socket, List<byte[]> seeds, Random random)
      throws IOException {
    // Most begin well, or nothing behind the beginning would ever be reached.
    int sensible = random.nextInt(seeds.size());
    for (int i = 0; i < sensible; i++) {
      socket.send(seeds.get(i));
    }
    for (int messages = random.nextInt(MOST_MESSAGES); messages > 0; messages--) {
      byte[] message = seeds.get(random.nextInt(seeds.size())).clone();
      for (int flips = random.nextInt(3); flips > 0 && message.length > 0; flips--) {
        message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
      }
      int opcode = random.nextInt(10) == 0 ? random.nextInt(3) : RawWebSocket.BINARY;
      socket.send(opcode, random.nextInt(10) > 0, message);
    }
    if (random.nextInt(4) == 0) {
      socket.close(1000);
    }
  }

  private static List<byte[]> oneCall() {
    return List.of(Format.ascii(HEAD), data("a"), data(""), data("-".repeat(1001)), new byte[] {1});
  }

  private static List<byte[]> manyCalls() {
    String path = "/" + Texts.SERVICE + "/HoldBoth";
    return List.of(
        MuxMessage.settings(1000, 10_000).bytes(),
        MuxMessage.headers(1, path).bytes(),
        MuxMessage.data(1, Frames.message("a")).bytes(),
        MuxMessage.headers(2, path, "grpc-timeout", "1S").bytes(),
        MuxMessage.credit(0, 10).bytes(),
        MuxMessage.halfClose(1).bytes(),
        MuxMessage.ping(7).bytes(),
        MuxMessage.data(2, Frames.message("-".repeat(1001))).bytes(),
        MuxMessage.reset(2).bytes());
  }
}

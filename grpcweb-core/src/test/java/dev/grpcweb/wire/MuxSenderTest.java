// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Hex;
import dev.grpcweb.testing.MuxMessage;
import dev.grpcweb.testing.RecordingSocket;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import dev.grpcweb.transport.ResponseHead;
import dev.grpcweb.transport.WebSocketInput;
import io.grpc.Attributes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Moments that a call does not show from outside. */
class MuxSenderTest {
  private final RecordingSocket socket = new RecordingSocket();
  private final MuxSender sender = new MuxSender(socket);
  private final EventLock lock = new EventLock();
  private final MuxCalls calls = calls();

  @SuppressWarnings("NullAway") // It opens no call.
  private MuxCalls calls() {
    RequestHead head = new RequestHead("", new Headers(), "example.org", false, Attributes.EMPTY);
    return new MuxCalls(new Handshake(head), null, 100, lock, sender, () -> {});
  }

  @Test
  void creditComesWhenWhatWaitedForItWasDiscarded() {
    MuxStream starved = stream(1);
    starved.write(new byte[10], 0, 10);
    starved.flush();
    starved.discardQueued();

    credit(100);
    starved.end(new Headers().add("grpc-status", "4"));

    assertThat(messages()).containsExactly("HEADERS 1", "TRAILERS 1 grpc-status: 4;");
  }

  @Test
  void aStarvedCallMayEndWithoutCredit() {
    MuxStream starved = stream(1);
    starved.write(new byte[10], 0, 10);
    starved.flush();
    starved.discardQueued();
    starved.end(new Headers().add("grpc-status", "4"));

    assertThat(messages()).containsExactly("HEADERS 1", "TRAILERS 1 grpc-status: 4;");
    credit(100);
    assertThat(messages()).hasSize(2);
  }

  @Test
  void aWriteThatWasBegunIsSentToItsEndBeforeTheTrailers() {
    MuxStream stream = stream(1);
    stream.write(new byte[10], 0, 10);
    credit(4);
    stream.flush();
    stream.write(new byte[20], 0, 20);
    stream.discardQueued();
    stream.end(new Headers().add("grpc-status", "4"));
    credit(100);
    sender.sendAll();

    assertThat(messages())
        .containsExactly(
            "HEADERS 1", "DATA 1 4 bytes", "DATA 1 6 bytes", "TRAILERS 1 grpc-status: 4;");
  }

  @Test
  void aCallThatComesWhileAnotherIsInLineGetsInLine() {
    credit(100);
    MuxStream first = stream(1);
    MuxStream second = stream(2);
    socket.block();
    first.write(new byte[1], 0, 1);
    first.flush();
    allowSilently();
    second.write(new byte[2], 0, 2);
    second.flush();
    assertThat(messages()).hasSize(2);
    assertThat(second.isWritable()).isFalse();

    sender.sendAll();

    assertThat(messages().subList(2, 4)).containsExactly("DATA 1 1 bytes", "DATA 2 2 bytes");
  }

  @Test
  void aResetCallGivesItsPlaceUp() {
    credit(100);
    MuxStream first = stream(1);
    MuxStream second = stream(2);
    socket.block();
    first.write(new byte[1], 0, 1);
    first.flush();
    second.write(new byte[2], 0, 2);
    second.flush();
    first.abort();
    allowSilently();
    sender.sendAll();

    assertThat(messages().subList(2, 4))
        .containsExactly("RESET 1 14 The server has broken off the call", "DATA 2 2 bytes");
    assertThat(first.queuedBytes()).isZero();
  }

  /** The socket takes more, and its event is still to come. */
  private void allowSilently() {
    socket.connect(new IgnoredInput());
    socket.unblock();
  }

  /** Returns a call whose headers have left. */
  private MuxStream stream(int id) {
    MuxStream stream = new MuxStream(id, calls, lock, sender, MuxSettings.DEFAULTS);
    stream.begin(new ResponseHead(200, new Headers(), true));
    stream.flush();
    return stream;
  }

  private void credit(int count) {
    assertThat(sender.credit(count)).isTrue();
  }

  private List<String> messages() {
    return socket.taken().stream()
        .map(message -> MuxMessage.parse(Hex.bytes(message)).toString())
        .toList();
  }

  private static final class IgnoredInput implements WebSocketInput {
    @Override
    public void opened() {}

    @Override
    public void received(byte[] bytes, int offset, int length, boolean last) {}

    @Override
    public void receivedText(String text, boolean last) {}

    @Override
    public void pong() {}

    @Override
    public void writable() {}

    @Override
    public void closed(Throwable cause) {}
  }
}

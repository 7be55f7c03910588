// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.RequestHead;
import dev.grpcweb.transport.WebSocket;
import dev.grpcweb.transport.WebSocketInput;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one door from a transport's WebSockets to the wire: which protocols there are, and what opens
 * a socket in one of them.
 *
 * <p>Thread-safe.
 */
public final class SocketProtocols {
  /** One socket is one call. */
  static final String CALL = "grpc-websockets";

  /** One socket carries many calls. */
  static final String MUX = "grpcweb.mux.v1";

  private final WireFormats calls;
  private final SocketSettings settings;
  private final OpenSockets sockets;

  /** Creates the door to these calls. */
  public SocketProtocols(WireFormats calls, SocketSettings settings) {
    this.calls = calls;
    this.settings = settings;
    this.sockets = new OpenSockets(settings.maxSockets());
  }

  /** Returns whether a subprotocol is one of ours, in any case. */
  public static boolean isKnown(String subprotocol) {
    return CALL.equals(lower(subprotocol)) || MUX.equals(lower(subprotocol));
  }

  /** Returns the first of the offered subprotocols that is taken at this path, or null. */
  public @Nullable String choose(List<String> offered, String path) {
    for (String subprotocol : offered) {
      boolean taken =
          switch (lower(subprotocol)) {
            case CALL -> settings.callSockets() && !path.isEmpty();
            case MUX -> settings.multiplexing() && path.isEmpty();
            default -> false;
          };
      if (taken) {
        return subprotocol;
      }
    }
    return null;
  }

  /** Returns whether another socket may be opened. */
  public boolean takesMore() {
    return sockets.takesMore();
  }

  /** Takes no more sockets; those that are open close when their calls have ended. */
  public void shutdown() {
    sockets.shutdown();
  }

  /** Waits until no socket is open, but no longer than this. */
  public void awaitClosed(long nanos) throws InterruptedException {
    sockets.awaitNone(nanos);
  }

  /**
   * Called from a transport's thread with an accepted handshake. Nothing happens before {@link
   * WebSocketInput#opened}.
   *
   * @throws IllegalArgumentException if the subprotocol is not supported
   */
  public WebSocketInput open(RequestHead handshake, String subprotocol, WebSocket socket) {
    Handshake opened = Handshake.of(handshake, settings.handshakeHeaders());
    return switch (lower(subprotocol)) {
      case CALL -> new CallSocket(opened, socket, calls, settings, sockets);
      case MUX -> new MuxConnection(opened, socket, calls, settings, sockets);
      default -> throw new IllegalArgumentException("subprotocol is not supported: " + subprotocol);
    };
  }

  private static String lower(String subprotocol) {
    return subprotocol.toLowerCase(Locale.ROOT);
  }
}

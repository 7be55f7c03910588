// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

import dev.grpcweb.transport.WebSocket;
import dev.grpcweb.transport.WebSocketInput;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a container tells of one socket, as the core wants to hear it. Messages are taken in parts,
 * so that no container gathers them, or takes one for too big.
 *
 * <p>Public only because containers want it so. They call it on their own threads.
 */
public final class GrpcWebSocketEndpoint extends Endpoint {
  private static final Logger logger = System.getLogger(GrpcWebSocketEndpoint.class.getName());

  private final Function<WebSocket, WebSocketInput> core;
  private final SocketThreads threads;

  /** Set by the first call of the container. */
  private @Nullable WebSocketExchange exchange;

  GrpcWebSocketEndpoint(Function<WebSocket, WebSocketInput> core, SocketThreads threads) {
    this.core = core;
    this.threads = threads;
  }

  @Override
  public void onOpen(Session session, EndpointConfig config) {
    WebSocketExchange opened = new WebSocketExchange(new SessionRemote(session), threads);
    WebSocketInput input = core.apply(opened);
    opened.bind(input);
    exchange = opened;
    guarded(opened, input::opened);
    session.addMessageHandler(
        ByteBuffer.class,
        (MessageHandler.Partial<ByteBuffer>)
            (part, last) -> {
              byte[] bytes = new byte[part.remaining()];
              part.get(bytes);
              guarded(opened, () -> input.received(bytes, 0, bytes.length, last));
            });
    session.addMessageHandler(
        String.class,
        (MessageHandler.Partial<String>)
            (part, last) -> guarded(opened, () -> input.receivedText(part, last)));
    session.addMessageHandler(
        PongMessage.class,
        (MessageHandler.Whole<PongMessage>) pong -> guarded(opened, input::pong));
  }

  /** Runs what calls the core: its mistakes end the socket, and are no matter of the container. */
  private static void guarded(WebSocketExchange exchange, Runnable event) {
    if (exchange.isOver()) {
      return;
    }
    try {
      event.run();
    } catch (RuntimeException e) {
      logger.log(Level.ERROR, "a socket failed", e);
      exchange.cut(e);
    }
  }

  @Override
  public void onClose(Session session, CloseReason reason) {
    ended(
        new IOException(
            "the socket was closed: "
                + reason.getCloseCode().getCode()
                + " "
                + reason.getReasonPhrase()));
  }

  /** Containers close the socket afterwards, but not all of them do so when it is broken. */
  @Override
  public void onError(Session session, Throwable cause) {
    if (exchange != null) {
      exchange.cut(cause);
    }
  }

  private void ended(Throwable cause) {
    if (exchange != null) {
      exchange.ended(cause);
    }
  }
}

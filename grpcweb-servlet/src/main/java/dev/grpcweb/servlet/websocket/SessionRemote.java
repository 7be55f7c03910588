// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The container's session as a {@link SocketRemote}. */
final class SessionRemote implements SocketRemote {
  /** What a close frame holds, less the code. */
  private static final int MAX_REASON = 123;

  /** What Tomcat reads off a session: how long a close may take, and how long a blocking send. */
  private static final String TOMCAT_CLOSE_MILLIS =
      "org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT";

  private static final String TOMCAT_SEND_MILLIS =
      "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

  private final Session session;
  private final RemoteEndpoint.Async async;

  SessionRemote(Session session) {
    this.session = session;
    this.async = session.getAsyncRemote();
    session.setMaxIdleTimeout(0);
    async.setSendTimeout(0);
    session.getUserProperties().put(TOMCAT_CLOSE_MILLIS, CLOSE_MILLIS);
  }

  @Override
  public void send(byte[] bytes, int offset, int length, Consumer<@Nullable Throwable> done) {
    ByteBuffer message = ByteBuffer.wrap(bytes, offset, length);
    async.sendBinary(
        message,
        result -> {
          if (result.isOK()) {
            done.accept(null);
          } else {
            Throwable cause = result.getException();
            done.accept(cause == null ? new IOException("the message was not sent") : cause);
          }
        });
  }

  @Override
  public void ping() throws IOException {
    async.sendPing(ByteBuffer.allocate(0));
  }

  @Override
  public void close(int code, String reason) throws IOException {
    session.setMaxIdleTimeout(CLOSE_MILLIS);
    session.close(new CloseReason(CloseCodes.getCloseCode(code), cut(reason)));
  }

  /**
   * Jetty and Undertow end a connection that is idle, and what is stuck is. In Tomcat a send that
   * has no time left ends it.
   */
  @Override
  public void abort() {
    try {
      session.setMaxIdleTimeout(1);
      if (isTomcat()) {
        session.getUserProperties().put(TOMCAT_SEND_MILLIS, 0L);
        async.sendPing(ByteBuffer.allocate(0));
      }
      session.close(new CloseReason(CloseCodes.GOING_AWAY, ""));
    } catch (IOException | RuntimeException e) {
      // It has ended.
    }
  }

  private boolean isTomcat() {
    return session.getClass().getName().startsWith("org.apache.tomcat.");
  }

  /** Returns as much of a text as fits, in whole characters. */
  static String cut(String text) {
    int end = text.length();
    while (text.substring(0, end).getBytes(StandardCharsets.UTF_8).length > MAX_REASON) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end);
  }
}

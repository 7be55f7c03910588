// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb;

import dev.grpcweb.wire.SocketSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which WebSocket protocols a server speaks, and what a socket may take of it.
 *
 * <p>Which pages may open a socket is the door's to decide, by the policy that it has for other
 * calls.
 *
 * <p>Immutable; any thread may use it.
 */
public final class WebSocketPolicy {
  private static final WebSocketPolicy DEFAULTS = builder().build();

  private final SocketSettings settings;

  private WebSocketPolicy(SocketSettings settings) {
    this.settings = settings;
  }

  /** Returns the policy of a server that was given none: one call a socket, no multiplexing. */
  public static WebSocketPolicy defaults() {
    return DEFAULTS;
  }

  /** Returns a builder of the default policy. */
  public static Builder builder() {
    return new Builder();
  }

  SocketSettings settings() {
    return settings;
  }

  /** Collects what a policy allows. Not thread-safe. */
  public static final class Builder {
    private boolean callSockets = true;
    private boolean multiplexing;
    private int maxSockets = 10_000;
    private int maxCallsPerSocket = 100;
    private Set<String> handshakeHeaders = Set.of();
    private Duration pingInterval = Duration.ofSeconds(20);
    private Duration pingTimeout = Duration.ofSeconds(20);

    private Builder() {}

    /**
     * Takes sockets of the protocol {@code grpc-websockets}, each of which is one call; on by
     * default.
     *
     * @return this
     */
    public Builder callSockets(boolean taken) {
      callSockets = taken;
      return this;
    }

    /**
     * Takes sockets of the protocol {@code grpcweb.mux.v1}, which carry calls of any method; off by
     * default, since rules about paths in front of the server see one path for all of them.
     *
     * @return this
     */
    public Builder multiplexing(boolean taken) {
      multiplexing = taken;
      return this;
    }

    /**
     * Sets how many sockets may be open at once, 10,000 by default; more are refused with 503.
     *
     * @return this
     */
    public Builder maxSockets(int sockets) {
      maxSockets = positive("maxSockets", sockets);
      return this;
    }

    /**
     * Sets how many calls may be open at once on a socket that carries many, 100 by default; more
     * end with RESOURCE_EXHAUSTED.
     *
     * @return this
     */
    public Builder maxCallsPerSocket(int calls) {
      maxCallsPerSocket = positive("maxCallsPerSocket", calls);
      return this;
    }

    /**
     * Lets these headers of the handshake reach the metadata of the calls, where the call itself
     * brings none of the name; by default none do. A browser sends its cookies and its own headers
     * with every handshake, so what is named here comes from the browser, not from the page.
     *
     * @param names in any case, {@code cookie} among them if cookies are wanted
     * @return this
     */
    public Builder forwardHandshakeHeaders(String... names) {
      handshakeHeaders =
          Arrays.stream(names)
              .map(name -> name.toLowerCase(Locale.ROOT))
              .collect(Collectors.toUnmodifiableSet());
      return this;
    }

    /**
     * Sets after how long without a sign of life a peer is sent a ping; 20 seconds by default.
     *
     * @return this
     */
    public Builder pingInterval(Duration quiet) {
      pingInterval = positive("pingInterval", quiet);
      return this;
    }

    /**
     * Sets how long a peer may take to give a sign of life after a ping before its socket is given
     * up and its calls are cancelled; 20 seconds by default. A peer that takes nothing off its
     * socket for as long as both together gives none.
     *
     * @return this
     */
    public Builder pingTimeout(Duration patience) {
      pingTimeout = positive("pingTimeout", patience);
      return this;
    }

    /** Returns the policy. */
    public WebSocketPolicy build() {
      return new WebSocketPolicy(
          new SocketSettings(
              callSockets,
              multiplexing,
              maxSockets,
              maxCallsPerSocket,
              handshakeHeaders,
              pingInterval.toNanos(),
              pingTimeout.toNanos()));
    }

    private static int positive(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + ": expected at least 1, got " + value);
      }
      return value;
    }

    private static Duration positive(String name, Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(name + " must be positive, got " + value);
      }
      return value;
    }
  }
}

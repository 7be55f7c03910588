// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.util.Set;

/**
 * What all WebSockets of a server share.
 *
 * @param callSockets whether sockets that carry one call are taken
 * @param multiplexing whether sockets that carry many are taken
 * @param maxSockets how many sockets may be open at once
 * @param maxCallsPerSocket how many calls may be open at once on a socket that carries many
 * @param handshakeHeaders the handshake's header fields that reach the calls, in lower case
 * @param pingIntervalNanos after how long without a sign of life the peer is asked for one
 * @param pingTimeoutNanos after how long without an answer the peer is given up
 */
public record SocketSettings(
    boolean callSockets,
    boolean multiplexing,
    int maxSockets,
    int maxCallsPerSocket,
    Set<String> handshakeHeaders,
    long pingIntervalNanos,
    long pingTimeoutNanos) {}

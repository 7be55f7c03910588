// SPDX-License-Identifier: Apache-2.0
/**
 * Calls over the container's WebSockets. Classes here that name {@code jakarta.websocket} are
 * loaded when a handshake has come and the container can accept it, so that the doors work where
 * there is no such thing.
 */
@NullMarked
package dev.grpcweb.servlet.websocket;

import org.jspecify.annotations.NullMarked;

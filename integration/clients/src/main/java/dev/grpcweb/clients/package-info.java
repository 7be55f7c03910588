// SPDX-License-Identifier: Apache-2.0
/**
 * A server with every kind of method, for the JavaScript clients beside it.
 *
 * <p>{@code ClientTestServer} serves {@code TestService}, whose paced streams are {@code
 * PacedResponses}; {@code Outcomes} remembers how each of them ended, and {@code MetadataEcho}
 * returns request metadata, to which {@code HandshakeEcho} adds how the request came; {@code
 * TestPorts} are its ports.
 */
@NullMarked
package dev.grpcweb.clients;

import org.jspecify.annotations.NullMarked;

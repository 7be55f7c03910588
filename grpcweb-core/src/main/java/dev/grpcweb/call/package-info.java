// SPDX-License-Identifier: Apache-2.0
/**
 * The server call: from arrived messages to the service's listener and from the service's responses
 * to the wire, on {@code io.grpc} alone.
 */
@NullMarked
package dev.grpcweb.call;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * A command-line client of the greeter, over native gRPC and without TLS.
 *
 * <p>{@code GreeterClient} performs one command of {@code ClientOptions}; a {@code StreamingCall}
 * sends in the client's thread while answers come in the channel's.
 */
@NullMarked
package dev.grpcweb.examples.client;

import org.jspecify.annotations.NullMarked;

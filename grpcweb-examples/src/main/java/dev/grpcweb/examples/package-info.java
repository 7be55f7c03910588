// SPDX-License-Identifier: Apache-2.0
/**
 * The push chat, a service that pushes to a browser; the greeter, one of each kind of call; and the
 * server that runs them.
 *
 * <p>{@code ExampleServer} mounts {@code ChatService} and {@code GreeterService} beside a page;
 * each call that pushes is one {@code RealtimePush}, whose messages come from a {@code PushSource}.
 */
@NullMarked
package dev.grpcweb.examples;

import org.jspecify.annotations.NullMarked;

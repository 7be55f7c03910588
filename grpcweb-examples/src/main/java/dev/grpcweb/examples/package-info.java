// SPDX-License-Identifier: Apache-2.0
/**
 * The push chat: a service that pushes to a browser, and the server that runs it.
 *
 * <p>{@code ExampleServer} mounts {@code ChatService} beside a page; each call is one {@code
 * RealtimePush}, whose messages come from {@code PushMessages}.
 */
@NullMarked
package dev.grpcweb.examples;

import org.jspecify.annotations.NullMarked;

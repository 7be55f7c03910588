// SPDX-License-Identifier: Apache-2.0
/**
 * What a transport offers to the core and calls on it; bytes leave the core only through here.
 *
 * <p>A transport copies a request into a {@link dev.grpcweb.transport.RequestHead}, passes it with
 * an {@link dev.grpcweb.transport.Exchange} to {@link dev.grpcweb.GrpcWebServer#open} and reports
 * events to the {@link dev.grpcweb.transport.ExchangeInput} that it gets back.
 */
@NullMarked
package dev.grpcweb.transport;

import org.jspecify.annotations.NullMarked;

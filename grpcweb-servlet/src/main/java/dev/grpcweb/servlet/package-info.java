// SPDX-License-Identifier: Apache-2.0
/**
 * gRPC-Web and native gRPC as a filter and as a servlet of any Jakarta Servlet container.
 *
 * <p>{@link dev.grpcweb.servlet.GrpcWebFilter} and {@link dev.grpcweb.servlet.GrpcWebServlet} are
 * two doors to the same handler, which copies a request's head, opens a call and carries bytes: in
 * through {@code RequestPump}, out through {@code ResponsePump}, both under one lock per exchange.
 */
@NullMarked
package dev.grpcweb.servlet;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * The server and its builder: what a user types.
 *
 * <p>A transport hands each request to {@link dev.grpcweb.GrpcWebServer#open}; from there the bytes
 * go through {@code wire} to {@code call} and back.
 */
@NullMarked
package dev.grpcweb;

import org.jspecify.annotations.NullMarked;

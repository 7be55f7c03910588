// SPDX-License-Identifier: Apache-2.0
/**
 * The interop tests of grpc-java against {@link dev.grpcweb.GrpcWebServer} in a container: a test
 * of a container extends {@link dev.grpcweb.interop.NativeInterop} or {@link
 * dev.grpcweb.interop.WebInterop} and starts it.
 */
@NullMarked
package dev.grpcweb.interop;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Tests of sockets without a container. */
@NullMarked
package dev.grpcweb.servlet.websocket;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * What every container has to show over real sockets: contracts, the clients that check them, and
 * the service they call. Nothing here knows a container, but for the classes named after one.
 */
@NullMarked
package dev.grpcweb.servlet.contract;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** The contract of containers in Jetty, with the servlets of Jakarta EE 11. */
@NullMarked
package dev.grpcweb.containers;

import org.jspecify.annotations.NullMarked;

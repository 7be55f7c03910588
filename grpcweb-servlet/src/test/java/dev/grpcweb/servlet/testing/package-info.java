// SPDX-License-Identifier: Apache-2.0
/** Containers for tests, on ports of the loopback interface. */
@NullMarked
package dev.grpcweb.servlet.testing;

import org.jspecify.annotations.NullMarked;

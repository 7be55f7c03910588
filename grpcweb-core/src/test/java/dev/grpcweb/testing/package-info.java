// SPDX-License-Identifier: Apache-2.0
/** Fixtures for the tests of all modules. */
@NullMarked
package dev.grpcweb.testing;

import org.jspecify.annotations.NullMarked;

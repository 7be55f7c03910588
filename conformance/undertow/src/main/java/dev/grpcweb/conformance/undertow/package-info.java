// SPDX-License-Identifier: Apache-2.0
/** The conformance server in Undertow. */
@NullMarked
package dev.grpcweb.conformance.undertow;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * The server that the official conformance suite tests: its service, written as a user of the
 * library writes one, behind the library's own doors in an embedded container.
 */
@NullMarked
package dev.grpcweb.conformance;

import org.jspecify.annotations.NullMarked;

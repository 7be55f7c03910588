// SPDX-License-Identifier: Apache-2.0
/**
 * The rules of a call as its client and its service see them, by theme; each format runs them all.
 */
@NullMarked
package dev.grpcweb.contract;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Keeps the documents true: what they show is run here, what they name is looked up. */
@NullMarked
package dev.grpcweb.examples.docs;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** The contract of containers in Tomcat. */
@NullMarked
package dev.grpcweb.containers;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** The conformance server in Tomcat. */
@NullMarked
package dev.grpcweb.conformance.tomcat;

import org.jspecify.annotations.NullMarked;

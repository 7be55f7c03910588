// SPDX-License-Identifier: Apache-2.0
/** What grpc-java and OpenTelemetry offer to plug into a server, plugged into this one. */
@NullMarked
package dev.grpcweb.plugins;

import org.jspecify.annotations.NullMarked;

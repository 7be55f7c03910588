// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What all exchanges of a server share.
 *
 * @param limits the bounds of one call
 * @param fullQueue what a message meets that exceeds {@link Limits#maxQueuedBytes}
 * @param compression the codecs of requests and responses
 * @param statusInHeaders whether an error before any response goes into the HTTP headers
 * @param keepAliveNanos after how long a quiet stream gets bytes that mean nothing; 0 for never
 * @param flusher runs hand-offs of bursts; never full
 * @param timer runs keep-alives
 */
public record WireSettings(
    Limits limits,
    FullQueue fullQueue,
    MessageCompression compression,
    boolean statusInHeaders,
    long keepAliveNanos,
    Executor flusher,
    ScheduledExecutorService timer) {}

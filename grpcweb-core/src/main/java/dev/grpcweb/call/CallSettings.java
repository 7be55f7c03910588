// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.CompressorRegistry;
import io.grpc.Context;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What all calls of a server share.
 *
 * @param rootContext what every call's context inherits from
 * @param executor runs the service's code
 * @param lastResort tells listeners how their call ended, if the executor refuses to
 * @param timer runs deadlines
 * @param compressors for responses
 * @param plugins what users have plugged in
 * @param maxDeadlineNanos no call's deadline is later, {@link CallHead#NO_TIMEOUT} for no bound
 * @param maxCallAgeNanos no call lasts longer, {@link CallHead#NO_TIMEOUT} for no bound
 */
public record CallSettings(
    Context rootContext,
    Executor executor,
    Executor lastResort,
    ScheduledExecutorService timer,
    CompressorRegistry compressors,
    CallPlugins plugins,
    long maxDeadlineNanos,
    long maxCallAgeNanos) {}

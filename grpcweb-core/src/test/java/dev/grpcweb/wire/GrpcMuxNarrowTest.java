// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.contract.SharedSocketContract;
import dev.grpcweb.contract.WireFormatContract;
import dev.grpcweb.testing.MuxClientFormat;

/** The same for a client that gives credit for a few messages at a time. */
final class GrpcMuxNarrowTest extends WireFormatContract implements SharedSocketContract {
  GrpcMuxNarrowTest() {
    super(MuxClientFormat.NARROW);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.contract.SharedSocketContract;
import dev.grpcweb.contract.WireFormatContract;
import dev.grpcweb.testing.MuxClientFormat;

final class GrpcMuxTest extends WireFormatContract implements SharedSocketContract {
  GrpcMuxTest() {
    super(MuxClientFormat.WIDE);
  }
}

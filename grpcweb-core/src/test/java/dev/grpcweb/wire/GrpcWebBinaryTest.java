// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.contract.HttpExchangeContract;
import dev.grpcweb.contract.StatusInHeadContract;
import dev.grpcweb.contract.WireFormatContract;
import dev.grpcweb.testing.GrpcWebClientFormat;

final class GrpcWebBinaryTest extends WireFormatContract
    implements HttpExchangeContract, StatusInHeadContract {
  GrpcWebBinaryTest() {
    super(GrpcWebClientFormat.BINARY);
  }

  @Override
  public void wantStatusInHead() {
    bench().builder().trailersOnlyInHeaders(true);
  }
}

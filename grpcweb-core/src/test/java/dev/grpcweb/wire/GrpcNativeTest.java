// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.contract.HttpExchangeContract;
import dev.grpcweb.contract.StatusInHeadContract;
import dev.grpcweb.contract.WireFormatContract;
import dev.grpcweb.testing.GrpcClientFormat;

final class GrpcNativeTest extends WireFormatContract
    implements HttpExchangeContract, StatusInHeadContract {
  GrpcNativeTest() {
    super(GrpcClientFormat.NATIVE);
  }

  /** It does so unasked, if the transport can. */
  @Override
  public void wantStatusInHead() {}
}

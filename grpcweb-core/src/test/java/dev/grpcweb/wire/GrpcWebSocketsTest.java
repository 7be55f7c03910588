// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.contract.WireFormatContract;
import dev.grpcweb.testing.GrpcWebSocketsClientFormat;

final class GrpcWebSocketsTest extends WireFormatContract {
  GrpcWebSocketsTest() {
    super(GrpcWebSocketsClientFormat.INSTANCE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.contract.HttpExchangeContract;
import dev.grpcweb.contract.StatusInHeadContract;
import dev.grpcweb.contract.TextContract;
import dev.grpcweb.contract.WireFormatContract;
import dev.grpcweb.testing.GrpcWebClientFormat;
import org.junit.jupiter.api.Nested;

/** Request and response are text independently of each other. */
final class GrpcWebTextTest {
  @Nested
  final class BothWays extends WireFormatContract
      implements HttpExchangeContract, TextContract, StatusInHeadContract {
    BothWays() {
      super(GrpcWebClientFormat.TEXT);
    }

    @Override
    public void wantStatusInHead() {
      bench().builder().trailersOnlyInHeaders(true);
    }
  }

  @Nested
  final class TheRequest extends WireFormatContract implements HttpExchangeContract {
    TheRequest() {
      super(GrpcWebClientFormat.TEXT_REQUEST);
    }
  }

  @Nested
  final class TheResponse extends WireFormatContract implements HttpExchangeContract, TextContract {
    TheResponse() {
      super(GrpcWebClientFormat.TEXT_RESPONSE);
    }
  }
}

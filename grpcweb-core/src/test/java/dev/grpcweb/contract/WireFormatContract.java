// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.ClientFormat;
import dev.grpcweb.testing.LogCapture;
import org.junit.jupiter.api.AfterEach;

/** What every format that carries a call over one exchange must do. */
public abstract class WireFormatContract
    implements CallKindsContract,
        MetadataContract,
        StatusContract,
        DeadlineContract,
        CancellationContract,
        InboundFlowContract,
        RequestCountContract,
        OutboundFlowContract,
        BlockingContract,
        FailureContract,
        CompressionContract,
        LimitsContract,
        TracerContract {
  private final LogCapture log = new LogCapture();
  private final CallBench bench;

  protected WireFormatContract(ClientFormat format) {
    bench = new CallBench(format);
  }

  @Override
  public CallBench bench() {
    return bench;
  }

  @Override
  public LogCapture log() {
    return log;
  }

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    try {
      bench.close();
    } finally {
      log.close();
    }
  }
}

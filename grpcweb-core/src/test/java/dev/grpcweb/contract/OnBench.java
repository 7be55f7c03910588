// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.LogCapture;

/** A theme of the contract: its tests run on a bench that speaks one format. */
public interface OnBench {
  CallBench bench();

  /** Returns what the library has logged. */
  LogCapture log();
}

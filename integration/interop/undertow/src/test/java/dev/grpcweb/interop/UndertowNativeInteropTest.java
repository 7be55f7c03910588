// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import org.junit.Ignore;
import org.junit.Test;

public final class UndertowNativeInteropTest extends NativeInterop {
  @Override
  protected Container.Starter starter() {
    return UndertowContainer::start;
  }

  @Override
  @Test
  @Ignore(
      "Undertow resets all streams when its client announces by GOAWAY"
          + " that it opens no more streams")
  public void gracefulShutdown() {}
}

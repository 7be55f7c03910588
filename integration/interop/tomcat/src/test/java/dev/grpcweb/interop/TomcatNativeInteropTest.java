// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import org.junit.Ignore;
import org.junit.Test;

public final class TomcatNativeInteropTest extends NativeInterop {
  @Override
  protected Container.Starter starter() {
    return TomcatContainer::start;
  }

  @Override
  @Test
  @Ignore(
      "Tomcat closes the connection when its client announces by GOAWAY"
          + " that it opens no more streams")
  public void gracefulShutdown() {}
}

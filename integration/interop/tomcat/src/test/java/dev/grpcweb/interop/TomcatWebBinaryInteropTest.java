// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

public final class TomcatWebBinaryInteropTest extends WebInterop {
  @Override
  protected Container.Starter starter() {
    return TomcatContainer::start;
  }

  @Override
  protected boolean isText() {
    return false;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

public final class JettyWebBinaryInteropTest extends WebInterop {
  @Override
  protected Container.Starter starter() {
    return JettyContainer::start;
  }

  @Override
  protected boolean isText() {
    return false;
  }
}

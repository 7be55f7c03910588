// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

public final class UndertowWebTextInteropTest extends WebInterop {
  @Override
  protected Container.Starter starter() {
    return UndertowContainer::start;
  }

  @Override
  protected boolean isText() {
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

public final class JettyNativeInteropTest extends NativeInterop {
  @Override
  protected Container.Starter starter() {
    return JettyContainer::start;
  }
}

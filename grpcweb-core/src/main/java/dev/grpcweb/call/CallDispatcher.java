// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

/**
 * Opens calls: the one door from the wire to the services.
 *
 * <p>Thread-safe.
 */
public final class CallDispatcher {
  private final Methods methods;
  private final CallSettings settings;
  private final OpenCalls openCalls;

  /** Creates a dispatcher over these methods. */
  public CallDispatcher(Methods methods, CallSettings settings, OpenCalls openCalls) {
    this.methods = methods;
    this.settings = settings;
    this.openCalls = openCalls;
  }

  /**
   * Called from a container thread. Nothing happens before {@link CallInput#start}.
   *
   * @param output where the call answers
   */
  public CallInput open(CallHead head, CallOutput output) {
    return new ServerStream(head, output, methods, settings, openCalls);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

/**
 * What is left of the request body when the response has been written. Called under the exchange's
 * lock only.
 */
interface RequestRest {
  /** Returns whether the response may be completed at once. */
  boolean isRead();

  /** Returns whether the rest is thrown away before the response begins, if it can still be so. */
  boolean comesFirst();

  /**
   * Begins to throw the rest away; {@link ResponsePump#release} is called when that has come to an
   * end, perhaps from inside this call.
   */
  void discard();
}

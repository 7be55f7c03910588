// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

/** The messages of a push. */
interface PushSource<T> {

  /** The message with this number, counted from 1. */
  T numbered(int number);

  /** The last message of a push that went well. */
  T completed();

  /** The last message of a push that did not; what went wrong stays in the server's log. */
  T failed();
}

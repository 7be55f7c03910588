// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import java.io.InputStream;

/** One received message, still as it was on the wire. */
public interface InboundMessage {
  /**
   * Called from the application's executor, once. Inflates the message if it is compressed.
   *
   * @param tracers told of the message and its sizes
   * @return the serialised message; of known length
   * @throws io.grpc.StatusRuntimeException if the message cannot be inflated or is too large; the
   *     call ends with its status
   */
  InputStream open(CallTracers tracers);
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.Compressor;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.InputStream;

/**
 * What a call tells the wire. Headers and messages come from one thread at a time; trailers may
 * come from any thread, also in the middle of a message, which is then dropped. After the trailers
 * everything is ignored.
 */
public interface CallOutput {
  /**
   * Begins the response.
   *
   * @param headers the response's metadata; not changed afterwards
   * @param compressor for the messages that ask for it; the client accepts its encoding
   */
  void headers(Metadata headers, Compressor compressor);

  /**
   * Queues one message after {@link #headers}. Closes the stream.
   *
   * @param compress whether to use the compressor
   * @param tracers told of the message and its sizes
   * @throws io.grpc.StatusRuntimeException if too many bytes are queued
   * @throws RuntimeException what the stream throws
   */
  void message(InputStream message, boolean compress, CallTracers tracers);

  /** Sends what is queued: at once if the stream was idle, else with the burst it belongs to. */
  void flush();

  /**
   * Ends the response, with {@link #headers} before if there were none.
   *
   * @param trailers the metadata beside the status; not changed afterwards
   */
  void trailers(Status status, Metadata trailers);

  /**
   * Ends the response with a bad status, without the messages that the client is too slow to take.
   */
  void cancel(Status status);

  /** Breaks the response off, whatever is queued; the client sees an incomplete response. */
  void abort();

  /** Called from any thread when the application will take {@code count} more messages. */
  void demand(int count);

  /** Returns whether fewer bytes are queued than the on-ready threshold. */
  boolean isReady();

  /** Sets the number of queued bytes from which the call is not ready. */
  void setOnReadyThreshold(int bytes);
}

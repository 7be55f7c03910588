// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import com.google.protobuf.Any;
import com.google.rpc.Status;
import connectrpc.conformance.v1.Service.ConformancePayload.RequestInfo;
import connectrpc.conformance.v1.Service.Error;
import connectrpc.conformance.v1.Service.Header;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;

/** Turns what a request asks to be answered with into what gRPC answers with. */
final class Replies {
  private Replies() {}

  static Metadata metadata(List<Header> headers) {
    Metadata metadata = new Metadata();
    for (Header header : headers) {
      Metadata.Key<String> key =
          Metadata.Key.of(header.getName(), Metadata.ASCII_STRING_MARSHALLER);
      header.getValueList().forEach(value -> metadata.put(key, value));
    }
    return metadata;
  }

  /** Returns the error, to which the suite wants the request's facts added as one more detail. */
  static StatusRuntimeException failure(Error error, RequestInfo info, Metadata trailers) {
    return failure(error.toBuilder().addDetails(Any.pack(info)).build(), trailers);
  }

  static StatusRuntimeException failure(Error error, Metadata trailers) {
    Status status =
        Status.newBuilder()
            .setCode(error.getCodeValue())
            .setMessage(error.getMessage())
            .addAllDetails(error.getDetailsList())
            .build();
    return StatusProto.toStatusRuntimeException(status, trailers);
  }

  static void close(ServerCall<?, ?> call, StatusRuntimeException failure) {
    Metadata trailers = failure.getTrailers();
    call.close(failure.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  /**
   * Waits in the listener's thread, as a service does that computes its answer.
   *
   * @return whether the answer is still wanted
   */
  static boolean delay(int millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import connectrpc.conformance.v1.Service.ConformancePayload.RequestInfo;
import connectrpc.conformance.v1.Service.Header;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a call was opened with, as the service sees it and the suite wants it back. The timeout is
 * taken from the context's deadline, so that an answer proves that there is one.
 *
 * @param requestHeaders the request's metadata
 * @param timeoutMillis what was left when the call was opened, or null without a deadline
 */
record CallFacts(List<Header> requestHeaders, @Nullable Long timeoutMillis) {

  /** Called when the call is opened, in its context: later, less of the timeout is left. */
  static CallFacts of(Metadata metadata) {
    Deadline deadline = Context.current().getDeadline();
    return new CallFacts(
        headers(metadata), deadline == null ? null : deadline.timeRemaining(TimeUnit.MILLISECONDS));
  }

  /** Tells the headers, the timeout and these requests. */
  RequestInfo withRequests(List<? extends Message> requests) {
    RequestInfo.Builder info =
        requestsOnly(requests).toBuilder().addAllRequestHeaders(requestHeaders);
    if (timeoutMillis != null) {
      info.setTimeoutMs(timeoutMillis);
    }
    return info.build();
  }

  /** Tells these requests and nothing of how the call was opened. */
  static RequestInfo requestsOnly(List<? extends Message> requests) {
    RequestInfo.Builder info = RequestInfo.newBuilder();
    requests.forEach(request -> info.addRequests(Any.pack(request)));
    return info.build();
  }

  private static List<Header> headers(Metadata metadata) {
    List<Header> headers = new ArrayList<>();
    for (String name : metadata.keys()) {
      headers.add(Header.newBuilder().setName(name).addAllValue(values(metadata, name)).build());
    }
    return headers;
  }

  private static List<String> values(Metadata metadata, String name) {
    List<String> values = new ArrayList<>();
    if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
      Iterable<byte[]> binary =
          metadata.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
      if (binary != null) {
        binary.forEach(b -> values.add(Base64.getEncoder().withoutPadding().encodeToString(b)));
      }
    } else {
      Iterable<String> text =
          metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
      if (text != null) {
        text.forEach(values::add);
      }
    }
    return values;
  }
}

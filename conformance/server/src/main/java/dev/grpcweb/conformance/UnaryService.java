// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import connectrpc.conformance.v1.ConformanceServiceGrpc.ConformanceServiceImplBase;
import connectrpc.conformance.v1.Service.ConformancePayload;
import connectrpc.conformance.v1.Service.ConformancePayload.RequestInfo;
import connectrpc.conformance.v1.Service.UnaryRequest;
import connectrpc.conformance.v1.Service.UnaryResponse;
import connectrpc.conformance.v1.Service.UnaryResponseDefinition;
import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** The unary method, and the one that has to be unimplemented, as generated stubs offer them. */
final class UnaryService extends ConformanceServiceImplBase {
  @Override
  public void unary(UnaryRequest request, StreamObserver<UnaryResponse> observer) {
    UnaryResponseDefinition definition = request.getResponseDefinition();
    CallMetadata metadata = CallMetadata.current();
    RequestInfo info = metadata.facts().withRequests(List.of(request));
    metadata.headers().merge(Replies.metadata(definition.getResponseHeadersList()));
    metadata.trailers().merge(Replies.metadata(definition.getResponseTrailersList()));
    if (!Replies.delay(definition.getResponseDelayMs())) {
      return;
    }
    if (definition.hasError()) {
      observer.onError(Replies.failure(definition.getError(), info, new Metadata()));
      return;
    }
    observer.onNext(
        UnaryResponse.newBuilder()
            .setPayload(
                ConformancePayload.newBuilder()
                    .setData(definition.getResponseData())
                    .setRequestInfo(info))
            .build());
    observer.onCompleted();
  }
}

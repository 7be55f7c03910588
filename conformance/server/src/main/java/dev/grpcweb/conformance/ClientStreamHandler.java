// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import connectrpc.conformance.v1.Service.ClientStreamRequest;
import connectrpc.conformance.v1.Service.ClientStreamResponse;
import connectrpc.conformance.v1.Service.ConformancePayload;
import connectrpc.conformance.v1.Service.ConformancePayload.RequestInfo;
import connectrpc.conformance.v1.Service.UnaryResponseDefinition;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;

/** Collects requests and answers the last one as the first one describes. */
final class ClientStreamHandler
    implements ServerCallHandler<ClientStreamRequest, ClientStreamResponse> {
  @Override
  public ServerCall.Listener<ClientStreamRequest> startCall(
      ServerCall<ClientStreamRequest, ClientStreamResponse> call, Metadata headers) {
    call.request(1);
    return new Listener(call, CallFacts.of(headers));
  }

  private static final class Listener extends ServerCall.Listener<ClientStreamRequest> {
    private final ServerCall<ClientStreamRequest, ClientStreamResponse> call;
    private final CallFacts facts;
    private final List<ClientStreamRequest> requests = new ArrayList<>();

    Listener(ServerCall<ClientStreamRequest, ClientStreamResponse> call, CallFacts facts) {
      this.call = call;
      this.facts = facts;
    }

    @Override
    public void onMessage(ClientStreamRequest message) {
      requests.add(message);
      call.request(1);
    }

    @Override
    public void onHalfClose() {
      UnaryResponseDefinition definition =
          requests.isEmpty()
              ? UnaryResponseDefinition.getDefaultInstance()
              : requests.get(0).getResponseDefinition();
      if (!Replies.delay(definition.getResponseDelayMs()) || call.isCancelled()) {
        return;
      }
      RequestInfo info = facts.withRequests(requests);
      Metadata trailers = Replies.metadata(definition.getResponseTrailersList());
      call.sendHeaders(Replies.metadata(definition.getResponseHeadersList()));
      if (definition.hasError()) {
        Replies.close(call, Replies.failure(definition.getError(), info, trailers));
        return;
      }
      call.sendMessage(
          ClientStreamResponse.newBuilder()
              .setPayload(
                  ConformancePayload.newBuilder()
                      .setData(definition.getResponseData())
                      .setRequestInfo(info))
              .build());
      call.close(Status.OK, trailers);
    }
  }
}

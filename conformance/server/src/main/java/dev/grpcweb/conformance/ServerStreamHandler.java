// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import connectrpc.conformance.v1.Service.ConformancePayload;
import connectrpc.conformance.v1.Service.ServerStreamRequest;
import connectrpc.conformance.v1.Service.ServerStreamResponse;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import java.util.List;

/** Answers one request by the stream of responses that it describes. */
final class ServerStreamHandler
    implements ServerCallHandler<ServerStreamRequest, ServerStreamResponse> {
  @Override
  public ServerCall.Listener<ServerStreamRequest> startCall(
      ServerCall<ServerStreamRequest, ServerStreamResponse> call, Metadata headers) {
    // One is all this service takes; that there is exactly one is the server's business.
    call.request(1);
    return new Listener(call, CallFacts.of(headers));
  }

  private static final class Listener extends ServerCall.Listener<ServerStreamRequest> {
    private final ServerCall<ServerStreamRequest, ServerStreamResponse> call;
    private final CallFacts facts;
    private ServerStreamRequest request = ServerStreamRequest.getDefaultInstance();

    Listener(ServerCall<ServerStreamRequest, ServerStreamResponse> call, CallFacts facts) {
      this.call = call;
      this.facts = facts;
    }

    @Override
    public void onMessage(ServerStreamRequest message) {
      request = message;
    }

    @Override
    public void onHalfClose() {
      new StreamReply<>(call, request.getResponseDefinition(), Listener::wrap)
          .finish(facts.withRequests(List.of(request)));
    }

    private static ServerStreamResponse wrap(ConformancePayload payload) {
      return ServerStreamResponse.newBuilder().setPayload(payload).build();
    }
  }
}

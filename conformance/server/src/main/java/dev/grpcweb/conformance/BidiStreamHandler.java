// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import connectrpc.conformance.v1.Service.BidiStreamRequest;
import connectrpc.conformance.v1.Service.BidiStreamResponse;
import connectrpc.conformance.v1.Service.ConformancePayload;
import connectrpc.conformance.v1.Service.ConformancePayload.RequestInfo;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers a stream by a stream, as the first request describes: in full duplex each request by the
 * next response, else all of them after the last one.
 */
final class BidiStreamHandler implements ServerCallHandler<BidiStreamRequest, BidiStreamResponse> {
  @Override
  public ServerCall.Listener<BidiStreamRequest> startCall(
      ServerCall<BidiStreamRequest, BidiStreamResponse> call, Metadata headers) {
    call.request(1);
    return new Listener(call, CallFacts.of(headers));
  }

  private static final class Listener extends ServerCall.Listener<BidiStreamRequest> {
    private final ServerCall<BidiStreamRequest, BidiStreamResponse> call;
    private final CallFacts facts;
    private final List<BidiStreamRequest> unanswered = new ArrayList<>();
    private boolean fullDuplex;

    /** Described by the first request. */
    private @Nullable StreamReply<BidiStreamResponse> reply;

    Listener(ServerCall<BidiStreamRequest, BidiStreamResponse> call, CallFacts facts) {
      this.call = call;
      this.facts = facts;
    }

    @Override
    public void onMessage(BidiStreamRequest message) {
      unanswered.add(message);
      if (reply == null) {
        fullDuplex = message.getFullDuplex();
      }
      StreamReply<BidiStreamResponse> reply = replyAsFirstDescribedBy(message);
      if (reply.isClosed()) {
        return;
      }
      if (fullDuplex) {
        answer(reply);
      }
      call.request(1);
    }

    @Override
    public void onHalfClose() {
      StreamReply<BidiStreamResponse> reply =
          replyAsFirstDescribedBy(BidiStreamRequest.getDefaultInstance());
      if (!reply.isClosed()) {
        reply.finish(facts.withRequests(unanswered));
      }
    }

    /** A request without a response left ends the call, though the client may go on sending. */
    private void answer(StreamReply<BidiStreamResponse> reply) {
      RequestInfo info =
          reply.isFirst() ? facts.withRequests(unanswered) : CallFacts.requestsOnly(unanswered);
      if (reply.hasNext()) {
        reply.sendNext(info);
        unanswered.clear();
      } else {
        reply.finish(info);
      }
    }

    private StreamReply<BidiStreamResponse> replyAsFirstDescribedBy(BidiStreamRequest request) {
      if (reply == null) {
        reply = new StreamReply<>(call, request.getResponseDefinition(), Listener::wrap);
      }
      return reply;
    }

    private static BidiStreamResponse wrap(ConformancePayload payload) {
      return BidiStreamResponse.newBuilder().setPayload(payload).build();
    }
  }
}

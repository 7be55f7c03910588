// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.conformance;

import connectrpc.conformance.v1.Service.ConformancePayload;
import connectrpc.conformance.v1.Service.ConformancePayload.RequestInfo;
import connectrpc.conformance.v1.Service.StreamResponseDefinition;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A stream of responses on its way: headers, each message after its delay, status and trailers.
 * Used by the call's listener only.
 */
final class StreamReply<RespT> {
  private enum Stage {
    /** Nothing has been sent. */
    NEW,
    /** The headers have been sent, and perhaps messages. */
    OPEN,
    /** The status has been sent, or nobody waits for it any longer. */
    CLOSED
  }

  private final ServerCall<?, RespT> call;
  private final StreamResponseDefinition definition;
  private final Function<ConformancePayload, RespT> wrapper;
  private Stage stage = Stage.NEW;
  private int sent;

  StreamReply(
      ServerCall<?, RespT> call,
      StreamResponseDefinition definition,
      Function<ConformancePayload, RespT> wrapper) {
    this.call = call;
    this.definition = definition;
    this.wrapper = wrapper;
  }

  boolean isClosed() {
    return stage == Stage.CLOSED;
  }

  /** Returns whether no message has been sent, so that the next one tells of the request. */
  boolean isFirst() {
    return sent == 0;
  }

  boolean hasNext() {
    return stage != Stage.CLOSED && sent < definition.getResponseDataCount();
  }

  /** Sends the headers at once if they have not been sent: a client may wait for them. */
  void sendHeaders() {
    if (stage == Stage.NEW) {
      stage = Stage.OPEN;
      call.sendHeaders(Replies.metadata(definition.getResponseHeadersList()));
    }
  }

  /** Sends the next message after its delay, and the headers before both. */
  void sendNext(@Nullable RequestInfo info) {
    sendHeaders();
    if (!Replies.delay(definition.getResponseDelayMs()) || call.isCancelled()) {
      stage = Stage.CLOSED;
      return;
    }
    ConformancePayload.Builder payload =
        ConformancePayload.newBuilder().setData(definition.getResponseData(sent));
    if (info != null) {
      payload.setRequestInfo(info);
    }
    call.sendMessage(wrapper.apply(payload.build()));
    sent++;
  }

  /** Sends the remaining messages, the first of all with what is told of the request, and ends. */
  void finish(RequestInfo info) {
    sendHeaders();
    while (hasNext()) {
      sendNext(isFirst() ? info : null);
    }
    if (stage == Stage.CLOSED) {
      return;
    }
    stage = Stage.CLOSED;
    Metadata trailers = Replies.metadata(definition.getResponseTrailersList());
    if (definition.hasError()) {
      StatusRuntimeException failure =
          isFirst()
              ? Replies.failure(definition.getError(), info, trailers)
              : Replies.failure(definition.getError(), trailers);
      Replies.close(call, failure);
    } else {
      call.close(Status.OK, trailers);
    }
  }
}

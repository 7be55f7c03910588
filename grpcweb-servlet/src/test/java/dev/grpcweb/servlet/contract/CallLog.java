// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Notes what the server sees of the calls that carry a {@code call-id}. Thread-safe. */
public final class CallLog implements ServerInterceptor {
  static final String CALL_ID = "call-id";
  private static final Metadata.Key<String> KEY =
      Metadata.Key.of(CALL_ID, Metadata.ASCII_STRING_MARSHALLER);

  private final Map<String, ServedCall> calls = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> reached = new ConcurrentHashMap<>();

  /** Returns the call of this id, whether it has come already or not. */
  ServedCall call(String id) {
    return calls.computeIfAbsent(id, unknown -> new ServedCall());
  }

  /** Returns how many calls each method has got. */
  Map<String, LongAdder> reached() {
    return reached;
  }

  @Override
  public <I, O> ServerCall.Listener<I> interceptCall(
      ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
    String method = call.getMethodDescriptor().getFullMethodName();
    reached.computeIfAbsent(method, unknown -> new LongAdder()).increment();
    String id = headers.get(KEY);
    if (id == null) {
      return next.startCall(call, headers);
    }
    ServedCall served = call(id);
    Context context = Context.current().withValue(ServedCall.KEY, served);
    ServerCall.Listener<I> listener = Contexts.interceptCall(context, call, headers, next);
    served.started(call, context);
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onMessage(I message) {
        served.received();
        super.onMessage(message);
      }

      @Override
      public void onHalfClose() {
        served.halfClosed();
        super.onHalfClose();
      }

      @Override
      public void onReady() {
        served.becameReady();
        super.onReady();
      }

      @Override
      public void onCancel() {
        super.onCancel();
        served.ended(ServedCall.End.CANCEL);
      }

      @Override
      public void onComplete() {
        super.onComplete();
        served.ended(ServedCall.End.COMPLETE);
      }
    };
  }
}

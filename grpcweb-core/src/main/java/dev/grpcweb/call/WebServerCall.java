// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static java.util.Objects.requireNonNull;

import io.grpc.Attributes;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ServerCall} that the service and its interceptors see: the response side of a call.
 *
 * <p>As any server call it is used by one thread at a time, but for {@link #request}, {@link
 * #isReady} and {@link #isCancelled}. The call may be cancelled by any thread meanwhile; from then
 * on the service's calls are ignored.
 */
final class WebServerCall extends ServerCall<Object, Object> {
  private static final Logger logger = System.getLogger(WebServerCall.class.getName());

  private enum ResponseStage {
    /** Nothing was sent. */
    IDLE,
    /** The headers were sent. */
    HEADERS_SENT,
    /** The service has closed the call. */
    CLOSED,
    /** The call has ended without the service, or the service has broken a rule. */
    CANCELLED
  }

  private final CallHead head;
  private final CallOutput output;
  private final ServerStream stream;
  private final CallSettings settings;
  private final AtomicReference<ResponseStage> stage = new AtomicReference<>(ResponseStage.IDLE);

  /** Written before the service sees the call. */
  private volatile @Nullable ServerMethodDefinition<Object, Object> method;

  /** What the service asked for. Touched by the service's thread only. */
  private @Nullable Compressor compressor;

  /** Touched by the service's thread only. */
  private boolean compressMessages = true;

  /** Touched by the service's thread only. */
  private boolean messageSent;

  WebServerCall(CallHead head, CallOutput output, ServerStream stream, CallSettings settings) {
    this.head = head;
    this.output = output;
    this.stream = stream;
    this.settings = settings;
  }

  @SuppressWarnings("unchecked") // the handler, the marshallers and the call agree on the types
  void method(@Nullable ServerMethodDefinition<?, ?> definition) {
    method = (ServerMethodDefinition<Object, Object>) definition;
  }

  @Nullable ServerMethodDefinition<Object, Object> method() {
    return method;
  }

  /** Called from any thread. Returns whether this call has ended by this, and not before. */
  boolean cancel() {
    ResponseStage before =
        stage.getAndUpdate(now -> now == ResponseStage.CLOSED ? now : ResponseStage.CANCELLED);
    return before == ResponseStage.IDLE || before == ResponseStage.HEADERS_SENT;
  }

  /** Called from any thread: nothing may be delivered to the service any more. */
  boolean isClosed() {
    ResponseStage now = stage.get();
    return now == ResponseStage.CLOSED || now == ResponseStage.CANCELLED;
  }

  /** Called on the executor. */
  Object parse(InputStream message) {
    return getMethodDescriptor().parseRequest(message);
  }

  @Override
  public void request(int numMessages) {
    if (numMessages <= 0) {
      throw new IllegalArgumentException("numMessages must be positive, got " + numMessages);
    }
    if (!isClosed()) {
      stream.request(numMessages);
    }
  }

  @Override
  public void sendHeaders(Metadata headers) {
    requireNonNull(headers, "headers");
    ResponseStage now = stage.get();
    if (now == ResponseStage.CANCELLED) {
      return;
    }
    if (now != ResponseStage.IDLE) {
      throw new IllegalStateException(
          now == ResponseStage.CLOSED ? "call is closed" : "sendHeaders has already been called");
    }
    Compressor chosen = compressor;
    if (chosen == null || !head.acceptedEncodings().contains(chosen.getMessageEncoding())) {
      chosen = Codec.Identity.NONE;
    }
    compressor = chosen;
    if (!stage.compareAndSet(ResponseStage.IDLE, ResponseStage.HEADERS_SENT)) {
      return;
    }
    output.headers(headers, chosen);
    if (!sendsOneMessage()) {
      output.flush();
    }
  }

  @Override
  public void sendMessage(Object message) {
    ResponseStage now = stage.get();
    if (now == ResponseStage.CANCELLED) {
      return;
    }
    if (now != ResponseStage.HEADERS_SENT) {
      throw new IllegalStateException(
          now == ResponseStage.CLOSED ? "call is closed" : "sendHeaders has not been called");
    }
    if (sendsOneMessage() && messageSent) {
      brokenRule("Too many responses");
      return;
    }
    messageSent = true;
    try {
      output.message(
          getMethodDescriptor().streamResponse(message),
          compressMessages && compressor != Codec.Identity.NONE,
          stream.tracers());
    } catch (RuntimeException e) {
      Status status = StatusMapper.ofSend(e);
      logUnsent(status);
      stream.cancel(status);
      return;
    } catch (Error e) {
      close(
          Status.CANCELLED.withDescription("Server sendMessage() failed with Error"),
          new Metadata());
      throw e;
    }
    // A single response leaves with its trailers, in one write.
    if (!sendsOneMessage()) {
      output.flush();
    }
  }

  @Override
  public void close(Status status, Metadata trailers) {
    requireNonNull(status, "status");
    requireNonNull(trailers, "trailers");
    ResponseStage now = stage.get();
    if (now == ResponseStage.CANCELLED) {
      return;
    }
    if (now == ResponseStage.CLOSED) {
      throw new IllegalStateException("call already closed");
    }
    if (status.isOk() && sendsOneMessage() && !messageSent) {
      brokenRule("Completed without a response");
    } else if (stage.compareAndSet(now, ResponseStage.CLOSED)) {
      stream.closed(status);
      output.trailers(status, trailers);
    }
  }

  /** A status without a cause, such as a full queue's, is no failure whose place matters. */
  private void logUnsent(Status status) {
    logger.log(
        Level.WARNING,
        "response of " + head.fullMethodName() + " was not sent: " + status.getDescription(),
        status.getCause());
  }

  /** The service has broken the rule of one response: the client is told, the service goes on. */
  private void brokenRule(String rule) {
    logger.log(Level.WARNING, head.fullMethodName() + ": " + rule);
    stream.cancel(Status.INTERNAL.withDescription(rule));
  }

  @Override
  public boolean isReady() {
    return !isClosed() && output.isReady();
  }

  @Override
  public void setOnReadyThreshold(int numBytes) {
    if (numBytes <= 0) {
      throw new IllegalArgumentException("numBytes must be positive, got " + numBytes);
    }
    output.setOnReadyThreshold(numBytes);
  }

  @Override
  public boolean isCancelled() {
    return stage.get() == ResponseStage.CANCELLED || stream.isCancelled();
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    compressMessages = enabled;
  }

  @Override
  public void setCompression(String encoding) {
    if (stage.get() == ResponseStage.HEADERS_SENT) {
      throw new IllegalStateException("sendHeaders has been called");
    }
    Compressor found = settings.compressors().lookupCompressor(encoding);
    if (found == null) {
      throw new IllegalArgumentException("Unable to find compressor by name " + encoding);
    }
    compressor = found;
  }

  /** Called from any thread. Only newer releases of gRPC know of events. */
  @Override
  public void triggerEvent(Object event) {
    requireNonNull(event, "event");
    stream.event(event);
  }

  @Override
  public SecurityLevel getSecurityLevel() {
    return head.secure() ? SecurityLevel.PRIVACY_AND_INTEGRITY : SecurityLevel.NONE;
  }

  @Override
  public Attributes getAttributes() {
    return head.attributes();
  }

  @Override
  public String getAuthority() {
    return head.authority();
  }

  @Override
  public MethodDescriptor<Object, Object> getMethodDescriptor() {
    return requireNonNull(method, "method").getMethodDescriptor();
  }

  private boolean sendsOneMessage() {
    return getMethodDescriptor().getType().serverSendsOneMessage();
  }
}

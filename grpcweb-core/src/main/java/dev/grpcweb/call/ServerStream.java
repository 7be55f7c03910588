// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The life of one call from its head to its end: starts it, delivers to its listener on the
 * executor, and tells the listener exactly once how it ended. The service's side of it is {@link
 * WebServerCall}.
 *
 * <p>Events come from any thread; the listener is only touched on {@link SerialExecutor}.
 */
final class ServerStream implements CallInput {
  private static final Logger logger = System.getLogger(ServerStream.class.getName());
  private static final long CUT_OFF_AFTER_MILLIS = 1000;
  private static final Status SHUTDOWN =
      Status.UNAVAILABLE.withDescription("Server is shutting down");
  private static final Status GONE = Status.CANCELLED.withDescription("The client is gone");
  private static final Status SHUTDOWN_NOW =
      Status.UNAVAILABLE.withDescription("Server shutdownNow invoked");

  private final CallHead head;
  private final CallOutput output;
  private final Methods methods;
  private final CallSettings settings;
  private final OpenCalls openCalls;
  private final SerialExecutor executor;
  private final InboundQueue<InboundMessage> inbound;
  private final CallTransport transport;
  private final CallTracers tracers;
  private final CallContext context;
  private final WebServerCall call;
  private final CallEnd end;
  private final RequestCount requests = new RequestCount();
  private final Delivery delivery = new Delivery();

  /** What the service has closed the call with. */
  private volatile Status closedStatus = Status.UNKNOWN;

  /** Set by {@link #start}. */
  private volatile @Nullable Future<?> ageLimit;

  /** Set when the service has taken the call. Touched on the executor only. */
  private ServerCall.@Nullable Listener<Object> listener;

  /** Tells transport filters and tracers of the call. */
  ServerStream(
      CallHead received,
      CallOutput output,
      Methods methods,
      CallSettings settings,
      OpenCalls openCalls) {
    CallPlugins plugins = settings.plugins();
    this.transport = CallTransport.ready(plugins.transportFilters(), received.attributes());
    this.head = received.over(transport);
    this.tracers = CallTracers.of(plugins.tracers(), head.fullMethodName(), head.metadata());
    this.output = output;
    this.methods = methods;
    this.settings = settings;
    this.openCalls = openCalls;
    this.executor = new SerialExecutor(settings.executor(), settings.lastResort());
    this.inbound = new InboundQueue<>(() -> enqueue(this::deliver));
    this.context =
        CallContext.of(
            tracers.filterContext(settings.rootContext()),
            Math.min(head.timeoutNanos(), settings.maxDeadlineNanos()),
            settings.timer());
    this.end = new CallEnd(context, settings.executor(), executor, this::over);
    this.call = new WebServerCall(head, output, this, settings);
    call.method(methods.registered(head.fullMethodName()));
  }

  /** Called from a container thread. */
  @Override
  public void start() {
    if (!openCalls.add(this)) {
      cancel(SHUTDOWN);
      return;
    }
    Status fault = head.fault();
    if (fault != null) {
      cancel(fault);
      return;
    }
    if (settings.maxCallAgeNanos() != CallHead.NO_TIMEOUT) {
      Future<?> limit =
          settings.timer().schedule(this::tooOld, settings.maxCallAgeNanos(), TimeUnit.NANOSECONDS);
      ageLimit = limit;
      if (end.hasCome()) {
        limit.cancel(false);
      }
    }
    ServerMethodDefinition<?, ?> registered = call.method();
    if (registered != null && tracers != CallTracers.NONE) {
      // Not on the executor as in grpc-java, so that a call that ends before has a method, too.
      context.run(
          () -> tracers.callStarted(new CallInfo<>(registered.getMethodDescriptor(), head)));
    }
    enqueue(this::lookUp);
    enqueue(this::startCall);
  }

  /** Called from a container thread. */
  @Override
  public void message(InboundMessage message) {
    requests.message();
    if (isRequestCountRight()) {
      inbound.message(message);
    }
  }

  /** Called from a container thread. */
  @Override
  public void halfClose() {
    requests.halfClose();
    if (isRequestCountRight()) {
      inbound.halfClose();
    }
  }

  /** Called from any thread. */
  @Override
  public void writable() {
    enqueue(this::ready);
  }

  /** Called from any thread: ends the call with this status, unless the service has closed it. */
  @Override
  public void cancel(Status reason) {
    if (call.cancel()) {
      end(CallEnd.How.CANCELLED, reason, () -> output.cancel(reason));
    }
  }

  /** As {@link #cancel}, but everything that the service has sent before arrives. */
  private void close(Status status) {
    if (call.cancel()) {
      end(CallEnd.How.CANCELLED, status, () -> output.trailers(status, new Metadata()));
    }
  }

  /**
   * Called from the timer: as {@link #cancel}. An answer that the service has given just in time is
   * on its way; a client that is still reading it a second later is cut off.
   */
  private void expire(Status reason) {
    cancel(reason);
    if (!end.hasCome()) {
      Future<?> unused =
          settings
              .timer()
              .schedule(() -> cutOff(reason), CUT_OFF_AFTER_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void cutOff(Status reason) {
    if (!end.hasCome()) {
      breakOff(reason);
    }
  }

  /** Called from any thread. */
  @Override
  public void completed() {
    end(CallEnd.How.COMPLETED, closedStatus, () -> {});
    end.exchangeOver();
  }

  /** Called from any thread. */
  @Override
  public void disconnected(Throwable cause) {
    call.cancel();
    end(CallEnd.How.CANCELLED, GONE.withCause(cause), () -> {});
    end.exchangeOver();
  }

  /** Called from any thread: the server stops. */
  void shutdownNow() {
    cancel(SHUTDOWN_NOW);
  }

  /** Called from any thread: breaks off a response that still waits for its client. */
  void abort() {
    breakOff(SHUTDOWN_NOW);
  }

  /** Called when the call was cancelled, or the service has closed it. */
  private void breakOff(Status reason) {
    end(CallEnd.How.CANCELLED, reason, () -> {});
    output.abort();
    end.exchangeOver();
  }

  /** Called from the service's thread. */
  void request(int count) {
    inbound.request(count);
    output.demand(count);
  }

  /** Called from the service's thread when it has closed the call. */
  void closed(Status status) {
    closedStatus = status;
  }

  CallTracers tracers() {
    return tracers;
  }

  /** Called from any thread: the service has an event for its listener. */
  void event(Object event) {
    enqueue(() -> callback(to -> to.onEvent(event)));
  }

  boolean isCancelled() {
    return context.isCancelledWithCause();
  }

  /** Called on the executor of all calls, before {@link #startCall}. */
  private void lookUp() {
    starting(
        () -> {
          ServerMethodDefinition<?, ?> method = call.method();
          if (method == null) {
            method = methods.fallback(head.fullMethodName(), head.authority());
            if (method == null) {
              close(notFound());
              return;
            }
            tracers.callStarted(new CallInfo<>(method.getMethodDescriptor(), head));
          }
          call.method(methods.logged(method));
          chooseExecutor();
        });
  }

  private Status notFound() {
    return Status.UNIMPLEMENTED.withDescription("Method not found: " + head.fullMethodName());
  }

  private void chooseExecutor() {
    ServerCallExecutorSupplier executors = settings.plugins().executors();
    Executor chosen = executors == null ? null : executors.getExecutor(call, head.metadata());
    if (chosen != null) {
      executor.switchTo(chosen, this::refused);
    }
  }

  /** Called on the executor of this call. */
  private void startCall() {
    starting(this::startListener);
    // Only now: a deadline that has passed already must not overtake the start of the call.
    context.onDeadline(this::expire);
    ready();
  }

  /** Called on the executor: does one step, unless the call has ended. */
  private void starting(Runnable step) {
    if (end.hasCome()) {
      return;
    }
    context.run(
        () -> {
          try {
            step.run();
          } catch (Throwable thrown) {
            failed(StatusMapper.ofStart(thrown), thrown);
          }
        });
  }

  private void startListener() {
    ServerMethodDefinition<Object, Object> method = call.method();
    // There is none if another thread is about to end the call whose method was not found.
    if (method != null && isRequestCountRight()) {
      listener = method.getServerCallHandler().startCall(call, head.metadata());
      if (listener == null) {
        throw new NullPointerException(
            "startCall() returned a null listener for method " + head.fullMethodName());
      }
    }
  }

  /** Returns false, and ends the call, if the client has sent more or less than it may. */
  private boolean isRequestCountRight() {
    ServerMethodDefinition<?, ?> method = call.method();
    Status fault = method == null ? null : requests.fault(method.getMethodDescriptor().getType());
    if (fault != null) {
      cancel(fault);
    }
    return fault == null;
  }

  private void deliver() {
    inbound.drain(delivery);
  }

  private void ready() {
    if (isOpen()) {
      callback(ServerCall.Listener::onReady);
    }
  }

  /** What the queue delivers on the executor. */
  private final class Delivery implements InboundQueue.Receiver<InboundMessage> {
    @Override
    public void message(InboundMessage message) {
      callback(
          to -> {
            Object request = read(message);
            if (request != null) {
              to.onMessage(request);
            }
          });
    }

    @Override
    public void halfClose() {
      callback(ServerCall.Listener::onHalfClose);
    }
  }

  /** Returns null, and ends the call, if what the client sent is no message. */
  private @Nullable Object read(InboundMessage message) {
    InputStream bytes;
    try {
      bytes = message.open(tracers);
    } catch (StatusRuntimeException unreadable) {
      cancel(unreadable.getStatus());
      return null;
    }
    try {
      return call.parse(bytes);
    } catch (StatusRuntimeException malformed) {
      // So marshallers say that the client is to blame, who must not be able to fill the log.
      logger.log(Level.DEBUG, "request of " + head.fullMethodName() + " is no message", malformed);
      close(StatusMapper.ofCallback(malformed));
      return null;
    }
  }

  private boolean isOpen() {
    return !end.hasCome() && !call.isClosed();
  }

  /** Called on the executor. */
  private void callback(Consumer<ServerCall.Listener<Object>> callback) {
    ServerCall.Listener<Object> to = listener;
    if (to == null || !isOpen()) {
      return;
    }
    context.run(
        () -> {
          try {
            callback.accept(to);
          } catch (Throwable thrown) {
            failed(StatusMapper.ofCallback(thrown), thrown);
          }
        });
  }

  /**
   * Called on the executor when the service threw. An Error goes on to the executor, which reports
   * it; a status that the service threw to be the call's is no failure of its.
   */
  private void failed(Status status, Throwable thrown) {
    // A service that meets the end of its call by an exception need not alarm anybody.
    Level level = call.isCancelled() ? Level.DEBUG : Level.WARNING;
    close(status);
    if (thrown instanceof Error error) {
      throw error;
    }
    if (status.getCause() == thrown) {
      logger.log(level, "call of " + head.fullMethodName() + " failed", thrown);
    }
  }

  private void tooOld() {
    long millis = TimeUnit.NANOSECONDS.toMillis(settings.maxCallAgeNanos());
    expire(Status.UNAVAILABLE.withDescription("Call is older than " + millis + " ms"));
  }

  /**
   * Ends the call, unless it has ended. The end is decided before the answer is sent, since the
   * exchange may report within that call that the answer has left.
   */
  private void end(CallEnd.How how, Status status, Runnable answer) {
    if (!end.decide(how)) {
      return;
    }
    tracers.closed(status);
    inbound.close();
    Future<?> limit = ageLimit;
    if (limit != null) {
      limit.cancel(false);
    }
    try {
      answer.run();
    } finally {
      end.follow(status.getCause(), () -> listener);
    }
  }

  /** Called once, when nothing of the call is left. */
  private void over() {
    transport.terminated();
    openCalls.remove(this);
  }

  private void enqueue(Runnable task) {
    try {
      executor.execute(task);
    } catch (RuntimeException refused) {
      refused(refused);
    }
  }

  private void refused(RuntimeException refused) {
    cancel(
        Status.UNAVAILABLE
            .withDescription("The server's executor takes no more work")
            .withCause(refused));
  }
}

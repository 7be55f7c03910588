// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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
  private static final Status SHUTDOWN =
      Status.UNAVAILABLE.withDescription("Server is shutting down");
  private static final Status SHUTDOWN_NOW =
      Status.UNAVAILABLE.withDescription("Server shutdownNow invoked");

  private enum End {
    /** The call goes on. */
    NONE,
    /** The service has closed the call and its response has left. */
    COMPLETED,
    /** Any other end. */
    CANCELLED
  }

  private final CallHead head;
  private final CallOutput output;
  private final Methods methods;
  private final CallSettings settings;
  private final OpenCalls openCalls;
  private final SerialExecutor executor;
  private final InboundQueue<InboundMessage> inbound;
  private final CallContext context;
  private final WebServerCall call;
  private final Delivery delivery = new Delivery();

  /** How the call ended; set once. */
  private final AtomicReference<End> end = new AtomicReference<>(End.NONE);

  /** The two things a call consists of: its exchange and its listener's last callback. */
  private final AtomicInteger unfinished = new AtomicInteger(2);

  /** Messages seen; written by the container's thread. */
  private volatile int arrived;

  /** Whether the last message was seen; written by the container's thread. */
  private volatile boolean halfClosed;

  /** Set by {@link #start}. */
  private volatile @Nullable Future<?> ageLimit;

  /** Set when the service has taken the call. Touched on the executor only. */
  private ServerCall.@Nullable Listener<Object> listener;

  ServerStream(
      CallHead head,
      CallOutput output,
      Methods methods,
      CallSettings settings,
      OpenCalls openCalls) {
    this.head = head;
    this.output = output;
    this.methods = methods;
    this.settings = settings;
    this.openCalls = openCalls;
    this.executor = new SerialExecutor(settings.executor());
    this.inbound = new InboundQueue<>(() -> enqueue(this::deliver));
    this.context =
        CallContext.of(
            settings.rootContext(),
            Math.min(head.timeoutNanos(), settings.maxDeadlineNanos()),
            settings.timer());
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
    if (settings.maxCallAgeNanos() != CallHead.NO_TIMEOUT) {
      ageLimit =
          settings.timer().schedule(this::tooOld, settings.maxCallAgeNanos(), TimeUnit.NANOSECONDS);
    }
    enqueue(this::startCall);
    enqueue(this::ready);
  }

  /** Called from a container thread. */
  @Override
  public void message(InboundMessage message) {
    int count = arrived + 1;
    arrived = count;
    if (isRequestCountRight()) {
      inbound.message(message);
    }
  }

  /** Called from a container thread. */
  @Override
  public void halfClose() {
    halfClosed = true;
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
      output.trailers(reason, new Metadata());
      end(End.CANCELLED, reason);
    }
  }

  /** Called from any thread. */
  @Override
  public void completed() {
    end(End.COMPLETED, Status.OK);
    partFinished();
  }

  /** Called from any thread. */
  @Override
  public void disconnected(Throwable cause) {
    call.cancel();
    end(End.CANCELLED, Status.CANCELLED.withDescription("client disconnected").withCause(cause));
    partFinished();
  }

  /** Called from any thread: the server stops. */
  void shutdownNow() {
    cancel(SHUTDOWN_NOW);
  }

  /** Called from any thread: breaks off a response that still waits for its client. */
  void abort() {
    output.abort();
  }

  /** Called from the service's thread. */
  void request(int count) {
    inbound.request(count);
    output.demand(count);
  }

  /** Called from the service's thread when it has closed the call: nothing more is delivered. */
  void closed() {
    inbound.close();
  }

  boolean isCancelled() {
    return context.isCancelledWithCause();
  }

  private void startCall() {
    if (end.get() != End.NONE) {
      return;
    }
    context.run(
        () -> {
          try {
            startListener();
          } catch (Throwable thrown) {
            failed(StatusMapper.ofStart(thrown), thrown);
          }
        });
    // Only now: a deadline that has passed already must not overtake the start of the call.
    context.onDeadline(this::cancel);
  }

  private void startListener() {
    ServerMethodDefinition<Object, Object> method = call.method();
    if (method == null) {
      call.method(methods.fallback(head.fullMethodName(), head.authority()));
      method = call.method();
    }
    if (method == null) {
      cancel(Status.UNIMPLEMENTED.withDescription("Method not found: " + head.fullMethodName()));
      return;
    }
    if (isRequestCountRight()) {
      listener = method.getServerCallHandler().startCall(call, head.metadata());
      if (listener == null) {
        throw new NullPointerException(
            "startCall() returned a null listener for method " + head.fullMethodName());
      }
    }
  }

  /**
   * Returns false, and ends the call, if a method that takes one request has got another number of
   * them. grpc-java's stubs answer INTERNAL; the gRPC specification of statuses wants
   * UNIMPLEMENTED, and the conformance suite checks it.
   */
  private boolean isRequestCountRight() {
    ServerMethodDefinition<?, ?> method = call.method();
    if (method == null || !method.getMethodDescriptor().getType().clientSendsOneMessage()) {
      return true;
    }
    if (arrived > 1) {
      cancel(Status.UNIMPLEMENTED.withDescription("Too many requests: expected 1, got " + arrived));
      return false;
    }
    if (halfClosed && arrived == 0) {
      cancel(Status.UNIMPLEMENTED.withDescription("Half-closed without a request: expected 1"));
      return false;
    }
    return true;
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
      InputStream bytes;
      try {
        bytes = message.open();
      } catch (StatusRuntimeException unreadable) {
        cancel(unreadable.getStatus());
        return;
      }
      callback(to -> to.onMessage(call.parse(bytes)));
    }

    @Override
    public void halfClose() {
      callback(ServerCall.Listener::onHalfClose);
    }
  }

  private boolean isOpen() {
    return end.get() == End.NONE && !call.isClosed();
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
    cancel(status);
    if (thrown instanceof Error error) {
      throw error;
    }
    if (status.getCause() == thrown) {
      logger.log(Level.WARNING, "call of " + head.fullMethodName() + " failed", thrown);
    }
  }

  private void tooOld() {
    long millis = TimeUnit.NANOSECONDS.toMillis(settings.maxCallAgeNanos());
    cancel(Status.UNAVAILABLE.withDescription("Call is older than " + millis + " ms"));
  }

  private void end(End how, Status status) {
    if (!end.compareAndSet(End.NONE, how)) {
      return;
    }
    inbound.close();
    Future<?> limit = ageLimit;
    if (limit != null) {
      limit.cancel(false);
    }
    if (how == End.CANCELLED) {
      cancelContext(status);
    }
    try {
      executor.execute(() -> lastCallback(how));
    } catch (RuntimeException refused) {
      finish();
    }
  }

  /** A busy service must see the cancellation, so this does not wait for its turn. */
  private void cancelContext(Status status) {
    try {
      settings.executor().execute(() -> context.cancel(status.getCause()));
    } catch (RuntimeException refused) {
      context.cancel(status.getCause());
    }
  }

  /** Called on the executor. */
  private void lastCallback(End how) {
    try {
      ServerCall.Listener<Object> to = listener;
      if (to != null) {
        context.run(how == End.COMPLETED ? to::onComplete : to::onCancel);
      }
    } finally {
      finish();
    }
  }

  private void finish() {
    if (end.get() == End.COMPLETED) {
      context.end();
    }
    partFinished();
  }

  private void partFinished() {
    if (unfinished.decrementAndGet() == 0) {
      openCalls.remove(this);
    }
  }

  private void enqueue(Runnable task) {
    try {
      executor.execute(task);
    } catch (RuntimeException refused) {
      cancel(
          Status.UNAVAILABLE
              .withDescription("The server's executor takes no more work")
              .withCause(refused));
    }
  }
}

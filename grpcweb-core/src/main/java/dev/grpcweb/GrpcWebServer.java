// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb;

import static java.util.Objects.requireNonNull;

import dev.grpcweb.call.CallDispatcher;
import dev.grpcweb.call.CallHead;
import dev.grpcweb.call.CallPlugins;
import dev.grpcweb.call.CallSettings;
import dev.grpcweb.call.Methods;
import dev.grpcweb.call.OpenCalls;
import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.RequestHead;
import dev.grpcweb.transport.WebSocket;
import dev.grpcweb.transport.WebSocketInput;
import dev.grpcweb.wire.FullQueue;
import dev.grpcweb.wire.Limits;
import dev.grpcweb.wire.MessageCompression;
import dev.grpcweb.wire.SocketProtocols;
import dev.grpcweb.wire.WireFormats;
import dev.grpcweb.wire.WireSettings;
import io.grpc.BinaryLog;
import io.grpc.BindableService;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.HandlerRegistry;
import io.grpc.MetricSink;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import java.io.File;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Services that answer gRPC-Web and native gRPC, over any transport: a {@link Server} without a
 * port of its own.
 *
 * <p>{@link Builder#build} returns a server that is ready; {@link #start} changes nothing. A
 * transport, such as the servlet or the filter, hands it requests through {@link #open}.
 *
 * <p>Thread-safe.
 */
public final class GrpcWebServer extends Server {
  private static final Logger logger = System.getLogger(GrpcWebServer.class.getName());
  private static final long ABORT_AFTER_MILLIS = 1000;
  private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Methods methods;
  private final OpenCalls openCalls;
  private final ServerThreads threads = new ServerThreads();
  private final WireFormats formats;
  private final SocketProtocols sockets;

  private GrpcWebServer(Builder builder) {
    methods =
        new Methods(builder.services, builder.fallback, builder.interceptors, builder.binaryLog);
    openCalls = new OpenCalls(threads::stop);
    CallSettings calls =
        new CallSettings(
            ServerContextKey.rootContext(this),
            builder.executor == null ? threads.pool() : builder.executor,
            threads.pool(),
            threads.timer(),
            builder.compressors,
            new CallPlugins(builder.tracers, builder.transportFilters, builder.callExecutors),
            builder.maxDeadlineNanos,
            builder.maxCallAgeNanos);
    WireSettings wire =
        new WireSettings(
            builder.limits,
            builder.fullQueue,
            new MessageCompression(builder.decompressors),
            builder.trailersOnlyInHeaders,
            builder.textKeepAliveNanos,
            threads.pool(),
            threads.timer());
    formats = new WireFormats(new CallDispatcher(methods, calls, openCalls), wire);
    sockets = new SocketProtocols(formats, builder.webSockets.settings());
  }

  /** Returns a builder with no service and the default limits. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns whether a content type is one of gRPC's, whatever the codec of its messages. */
  public static boolean isGrpcContentType(@Nullable String contentType) {
    return WireFormats.isGrpc(contentType);
  }

  /** Returns whether {@link #open} takes a request of this content type; else HTTP wants a 415. */
  public static boolean supportsContentType(@Nullable String contentType) {
    return WireFormats.isSupported(contentType);
  }

  /** Returns whether a registered service has this method, {@code package.Service/Method}. */
  public boolean hasMethod(String fullMethodName) {
    return methods.registered(fullMethodName) != null;
  }

  /**
   * Called from a transport's thread with a POST of a {@linkplain #supportsContentType supported}
   * content type. Nothing is done with the exchange before the transport calls {@link
   * ExchangeInput#opened}.
   *
   * @throws IllegalArgumentException if the content type is not supported
   */
  public ExchangeInput open(RequestHead request, Exchange exchange) {
    return formats.open(request, exchange);
  }

  /** Returns whether a WebSocket subprotocol is one of gRPC's, be it taken or not. */
  public static boolean isWebSocketProtocol(String subprotocol) {
    return SocketProtocols.isKnown(subprotocol);
  }

  /**
   * Returns the subprotocol for a WebSocket handshake, as the client wrote it, or null if there is
   * none that this server takes at this path.
   *
   * @param offered in the client's order; the first that is taken is chosen
   * @param path {@code package.Service/Method} for a socket that is one call, empty for one that
   *     carries many
   */
  public @Nullable String webSocketProtocol(List<String> offered, String path) {
    return sockets.choose(offered, path);
  }

  /** Returns whether another WebSocket may be opened; else HTTP wants a 503. */
  public boolean takesWebSockets() {
    return sockets.takesMore();
  }

  /**
   * Called from a transport's thread with an accepted handshake. Nothing is done with the socket
   * before the transport calls {@link WebSocketInput#opened}.
   *
   * @param handshake its method name is the path that the subprotocol was chosen for
   * @param subprotocol what {@link #webSocketProtocol} has returned
   */
  public WebSocketInput open(RequestHead handshake, String subprotocol, WebSocket socket) {
    return sockets.open(handshake, subprotocol, socket);
  }

  /** Returns the number of calls that have not ended. */
  public int openCalls() {
    return openCalls.size();
  }

  /** Returns this: the server was ready when it was built. */
  @Override
  public GrpcWebServer start() {
    return this;
  }

  /** Returns -1: the port is the container's. */
  @Override
  public int getPort() {
    return -1;
  }

  @Override
  public List<ServerServiceDefinition> getServices() {
    List<ServerServiceDefinition> all = new ArrayList<>(methods.services());
    all.addAll(methods.fallbackServices());
    return List.copyOf(all);
  }

  @Override
  public List<ServerServiceDefinition> getImmutableServices() {
    return methods.services();
  }

  @Override
  public List<ServerServiceDefinition> getMutableServices() {
    return methods.fallbackServices();
  }

  /** Lets open calls finish and answers new ones with UNAVAILABLE. */
  @Override
  public GrpcWebServer shutdown() {
    sockets.shutdown();
    openCalls.shutdown();
    return this;
  }

  /**
   * Cancels open calls with UNAVAILABLE and answers new ones with it. A client that does not read
   * its answer within a second is cut off.
   */
  @Override
  public GrpcWebServer shutdownNow() {
    sockets.shutdown();
    openCalls.shutdownNow();
    Future<?> unused =
        threads.timer().schedule(openCalls::abort, ABORT_AFTER_MILLIS, TimeUnit.MILLISECONDS);
    return this;
  }

  @Override
  public boolean isShutdown() {
    return openCalls.isShutdown();
  }

  /** Returns whether every call has ended: its response has left and its listener knows the end. */
  @Override
  public boolean isTerminated() {
    return openCalls.isTerminated();
  }

  /**
   * Waits for {@link #isTerminated}, and then up to a second for clients to hear that their
   * WebSockets are closed and for the end of the server's own threads.
   */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    long until = System.nanoTime() + unit.toNanos(timeout);
    if (!openCalls.awaitTermination(timeout, unit)) {
      return false;
    }
    sockets.awaitClosed(Math.min(until - System.nanoTime(), FAREWELL_NANOS));
    boolean unused = threads.awaitEnd(until - System.nanoTime());
    return true;
  }

  @Override
  public void awaitTermination() throws InterruptedException {
    boolean unused = awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
  }

  /** Builds a {@link GrpcWebServer}. Not thread-safe. */
  public static final class Builder extends ServerBuilder<Builder> {
    private final List<ServerServiceDefinition> services = new ArrayList<>();
    private final List<ServerInterceptor> interceptors = new ArrayList<>();
    private final List<ServerStreamTracer.Factory> tracers = new ArrayList<>();
    private final List<ServerTransportFilter> transportFilters = new ArrayList<>();
    private @Nullable BinaryLog binaryLog;
    private @Nullable ServerCallExecutorSupplier callExecutors;
    private @Nullable HandlerRegistry fallback;
    private @Nullable Executor executor;
    private CompressorRegistry compressors = CompressorRegistry.getDefaultInstance();
    private DecompressorRegistry decompressors = DecompressorRegistry.getDefaultInstance();
    private Limits limits = Limits.defaults();
    private FullQueue fullQueue = FullQueue.REFUSES;
    private long maxDeadlineNanos = CallHead.NO_TIMEOUT;
    private long maxCallAgeNanos = CallHead.NO_TIMEOUT;
    private long textKeepAliveNanos;
    private boolean trailersOnlyInHeaders;
    private WebSocketPolicy webSockets = WebSocketPolicy.defaults();

    private Builder() {
      GlobalConfigurators.configure(this);
    }

    @Override
    public Builder addService(ServerServiceDefinition service) {
      services.add(requireNonNull(service, "service"));
      return this;
    }

    @Override
    public Builder addService(BindableService service) {
      return addService(requireNonNull(service, "service").bindService());
    }

    /** Adds an interceptor; the one added last sees a call first. */
    @Override
    public Builder intercept(ServerInterceptor interceptor) {
      interceptors.add(requireNonNull(interceptor, "interceptor"));
      return this;
    }

    /**
     * Adds what makes a tracer for each call; the one added first is told first. Tracers are told
     * on whatever thread an event comes, the container's included, and must not block.
     */
    @Override
    public Builder addStreamTracerFactory(ServerStreamTracer.Factory factory) {
      tracers.add(requireNonNull(factory, "factory"));
      return this;
    }

    /**
     * Adds a filter of the attributes of calls. A servlet does not learn which connection a request
     * came over, so each call has a transport of its own: ready when the call arrives, terminated
     * when nothing of it is left. Both are told on the container's threads and must not block. A
     * filter that throws refuses the call, with the status that it throws.
     */
    @Override
    public Builder addTransportFilter(ServerTransportFilter filter) {
      transportFilters.add(requireNonNull(filter, "filter"));
      return this;
    }

    /**
     * Sets what chooses the executor of a call, when its method and its headers are known. It is
     * asked on the server's executor, which the call then leaves; null leaves it there.
     */
    @Override
    public Builder callExecutor(ServerCallExecutorSupplier supplier) {
      callExecutors = requireNonNull(supplier, "supplier");
      return this;
    }

    /**
     * Sets the log that sees the bytes of all messages, outside the interceptors; null for none.
     */
    @Override
    public Builder setBinaryLog(@Nullable BinaryLog log) {
      binaryLog = log;
      return this;
    }

    /**
     * Accepts a sink as every builder does. Nothing is recorded to it: what grpc-java's servers
     * record are facts of connections, which are the container's. Calls are measured by {@linkplain
     * #addStreamTracerFactory tracers}.
     */
    @Override
    public Builder addMetricSink(MetricSink sink) {
      requireNonNull(sink, "sink");
      return this;
    }

    @Override
    public Builder fallbackHandlerRegistry(@Nullable HandlerRegistry registry) {
      fallback = registry;
      return this;
    }

    /**
     * Sets what runs the services' code; null for the default, an unbounded pool of daemon threads
     * of this server. The executor is never shut down by the server.
     */
    @Override
    public Builder executor(@Nullable Executor executor) {
      this.executor = executor;
      return this;
    }

    /**
     * Runs services on the thread that brings the event, which may be the container's: they must
     * not block, or their own output stops.
     */
    @Override
    public Builder directExecutor() {
      return executor(Builder::runHere);
    }

    /** An Error ends the call; the container's thread, which did not cause it, goes on. */
    private static void runHere(Runnable task) {
      try {
        task.run();
      } catch (Error e) {
        logger.log(Level.ERROR, "a call's callback failed", e);
      }
    }

    @Override
    public Builder compressorRegistry(@Nullable CompressorRegistry registry) {
      compressors = registry == null ? CompressorRegistry.getDefaultInstance() : registry;
      return this;
    }

    @Override
    public Builder decompressorRegistry(@Nullable DecompressorRegistry registry) {
      decompressors = registry == null ? DecompressorRegistry.getDefaultInstance() : registry;
      return this;
    }

    /** Always throws: TLS is the container's. */
    @Override
    public Builder useTransportSecurity(File certChain, File privateKey) {
      throw new UnsupportedOperationException("TLS is set up in the servlet container");
    }

    /** Sets how many bytes a request message may have, inflated; 4 MiB by default. */
    @Override
    public Builder maxInboundMessageSize(int bytes) {
      limits =
          new Limits(
              bytes,
              limits.maxInboundMetadataSize(),
              limits.maxQueuedBytes(),
              limits.onReadyThreshold());
      return this;
    }

    /**
     * Sets how many bytes the request's metadata may have, names and values and 32 for each entry;
     * 8 KiB by default. The container's own limit may be lower.
     */
    @Override
    public Builder maxInboundMetadataSize(int bytes) {
      limits =
          new Limits(
              limits.maxInboundMessageSize(),
              bytes,
              limits.maxQueuedBytes(),
              limits.onReadyThreshold());
      return this;
    }

    /**
     * Sets how many bytes of responses may wait for a client of one call; 64 MiB by default. A
     * service that goes on sending, although the call is not ready, ends the call with
     * RESOURCE_EXHAUSTED there. One larger message on an empty queue is taken.
     */
    public Builder maxQueuedBytes(long bytes) {
      limits =
          new Limits(
              limits.maxInboundMessageSize(),
              limits.maxInboundMetadataSize(),
              bytes,
              limits.onReadyThreshold());
      return this;
    }

    /**
     * Lets a service that goes on sending, although {@link #maxQueuedBytes} are waiting for its
     * client, wait for room instead of ending its call: the sending thread blocks until the client
     * has read what is queued, or the call ends or is cancelled. An interrupt ends the call with
     * CANCELLED.
     *
     * <p>The executor's threads must be allowed to block: with an executor that runs tasks on the
     * calling thread it is the container's thread that would wait for itself.
     */
    public Builder blockWhenQueueFull(boolean block) {
      fullQueue = block ? FullQueue.BLOCKS : FullQueue.REFUSES;
      return this;
    }

    /**
     * Bounds the deadline of every call, also of those that bring none; by default nothing does.
     */
    public Builder maxDeadline(Duration deadline) {
      maxDeadlineNanos = positive(deadline, "maxDeadline");
      return this;
    }

    /** Ends calls with UNAVAILABLE when they are older; by default no call is too old. */
    public Builder maxCallAge(Duration age) {
      maxCallAgeNanos = positive(age, "maxCallAge");
      return this;
    }

    /**
     * Sends four spaces on a stream in text mode that has been quiet for so long, which decoders
     * skip: proxies then see a live connection, and a vanished client is noticed. Off by default;
     * binary mode has nothing of the kind.
     */
    public Builder textKeepAlive(Duration quiet) {
      textKeepAliveNanos = positive(quiet, "textKeepAlive");
      return this;
    }

    /**
     * Puts an error that comes before any response into the HTTP headers instead of a trailers
     * frame in the body. Across origins scripts then see it only if CORS exposes those headers.
     * Native gRPC does so without being told, where the container can.
     */
    public Builder trailersOnlyInHeaders(boolean inHeaders) {
      trailersOnlyInHeaders = inHeaders;
      return this;
    }

    /** Sets which WebSocket protocols are taken, and how much of the server a socket may take. */
    public Builder webSockets(WebSocketPolicy policy) {
      webSockets = requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Builds the server.
     *
     * @throws IllegalStateException if senders may block, but the executor runs them on the calling
     *     thread
     */
    @Override
    public GrpcWebServer build() {
      if (fullQueue == FullQueue.BLOCKS && executor != null && runsOnTheCallingThread(executor)) {
        throw new IllegalStateException(
            "blockWhenQueueFull needs an executor with threads of its own, got " + executor);
      }
      return new GrpcWebServer(this);
    }

    /** Tried, since direct executors cannot be told by their type. */
    private static boolean runsOnTheCallingThread(Executor executor) {
      Thread caller = Thread.currentThread();
      CompletableFuture<Thread> runner = new CompletableFuture<>();
      try {
        executor.execute(() -> runner.complete(Thread.currentThread()));
      } catch (RejectedExecutionException refused) {
        return false;
      }
      return runner.getNow(null) == caller;
    }

    private static long positive(Duration duration, String name) {
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException(name + " must be positive, got " + duration);
      }
      try {
        return duration.toNanos();
      } catch (ArithmeticException tooLong) {
        return CallHead.NO_TIMEOUT;
      }
    }
  }
}

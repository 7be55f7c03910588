// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call of a {@link WebChannel}. What the application does to it, and what the server answers,
 * is done in turn on the call's executor.
 */
final class WebCall<Q, R> extends ClientCall<Q, R> implements WebFrames.Receiver {
  /** What grpc-java's client says, too, whichever side has noticed. */
  private static final String LATE = "ClientCall was cancelled at or after deadline.";

  private final WebChannel channel;
  private final MethodDescriptor<Q, R> method;
  private final CallOptions options;
  private final Executor inTurn;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  private @Nullable Listener<R> listener;
  private @Nullable WebTracers tracers;
  private Metadata headers = new Metadata();
  private @Nullable CompletableFuture<?> exchange;
  private @Nullable Future<?> limit;

  // In turn only.
  private final Queue<byte[]> arrived = new ArrayDeque<>();
  private int demand;
  private @Nullable Status end;
  private Metadata trailers = new Metadata();
  private boolean closed;

  WebCall(WebChannel channel, MethodDescriptor<Q, R> method, CallOptions options) {
    this.channel = channel;
    this.method = method;
    this.options = options;
    Executor executor = options.getExecutor();
    this.inTurn =
        MoreExecutors.newSequentialExecutor(executor == null ? channel.threads() : executor);
  }

  @Override
  public void start(Listener<R> responses, Metadata requestHeaders) {
    listener = responses;
    headers = requestHeaders;
    Deadline deadline = options.getDeadline();
    if (deadline != null && deadline.isExpired()) {
      fail(
          Status.DEADLINE_EXCEEDED.withDescription(
              "ClientCall started after CallOptions deadline was exceeded"));
      return;
    }
    tracers = new WebTracers(options, headers);
    if (deadline != null) {
      long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
      limit = channel.timer().schedule(this::late, left, TimeUnit.NANOSECONDS);
    }
    inTurn.execute(responses::onReady);
  }

  private void late() {
    fail(Status.DEADLINE_EXCEEDED.withDescription(LATE));
  }

  @Override
  public void request(int count) {
    inTurn.execute(
        () -> {
          demand += count;
          deliver();
        });
  }

  @Override
  public void sendMessage(Q message) {
    if (tracers == null) {
      return;
    }
    try {
      byte[] bytes = method.streamRequest(message).readAllBytes();
      tracers.sent(bytes.length);
      body.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(bytes.length).array());
      body.writeBytes(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void halfClose() {
    if (tracers == null) {
      return;
    }
    tracers.headersSent();
    byte[] bytes = body.toByteArray();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(channel.address(method))
            .header("content-type", "application/grpc-web" + (channel.isText() ? "-text" : ""))
            .header("accept", "application/grpc-web" + (channel.isText() ? "-text" : ""))
            .header("grpc-accept-encoding", "gzip")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    channel.isText() ? Base64.getEncoder().encode(bytes) : bytes));
    WebMetadata.write(headers, request::header);
    Deadline deadline = options.getDeadline();
    if (deadline != null) {
      long millis = Math.max(1, deadline.timeRemaining(TimeUnit.MILLISECONDS));
      request.header("grpc-timeout", millis + "m");
    }
    BodyHandler<@Nullable Void> handler =
        info -> {
          Metadata answer = WebMetadata.read(info.headers().map());
          if (answer.containsKey(WebMetadata.STATUS)) {
            trailers(answer);
          } else {
            inTurn.execute(() -> requireNonNull(listener).onHeaders(answer));
          }
          return HttpResponse.BodySubscribers.fromSubscriber(
              new Answer(new WebFrames(channel.isText(), this)));
        };
    exchange =
        channel
            .client()
            .sendAsync(request.build(), handler)
            .whenComplete((response, failure) -> inTurn.execute(() -> ended(failure)));
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    fail(Status.CANCELLED.withDescription(message).withCause(cause));
  }

  /** Called from the HTTP client's thread. */
  @Override
  public void message(boolean compressed, byte[] payload) {
    byte[] message = compressed ? WebFrames.gunzip(payload) : payload;
    requireNonNull(tracers).received(payload.length, message.length);
    inTurn.execute(
        () -> {
          arrived.add(message);
          deliver();
        });
  }

  /** Called from the HTTP client's thread. */
  @Override
  public void trailers(Metadata received) {
    inTurn.execute(
        () -> {
          trailers = received;
          Status status = WebMetadata.status(received);
          boolean late = status.getCode() == Status.Code.DEADLINE_EXCEEDED;
          end = late ? status.withDescription(LATE) : status;
          deliver();
        });
  }

  private void ended(@Nullable Throwable failure) {
    if (end == null) {
      end = Status.UNAVAILABLE.withDescription("no status").withCause(failure);
    }
    deliver();
  }

  private void fail(Status status) {
    inTurn.execute(
        () -> {
          arrived.clear();
          end = status;
          if (exchange != null) {
            exchange.cancel(true);
          }
          deliver();
        });
  }

  private void deliver() {
    Listener<R> to = requireNonNull(listener);
    while (!closed && demand > 0 && !arrived.isEmpty()) {
      demand--;
      to.onMessage(method.parseResponse(new ByteArrayInputStream(arrived.remove())));
    }
    if (!closed && end != null && arrived.isEmpty()) {
      closed = true;
      if (limit != null) {
        limit.cancel(false);
      }
      if (tracers != null) {
        tracers.closed(end);
      }
      to.onClose(end, trailers);
    }
  }

  /** The answer's body. */
  private static final class Answer implements Flow.Subscriber<List<ByteBuffer>> {
    private final WebFrames frames;

    Answer(WebFrames frames) {
      this.frames = frames;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> chunks) {
      for (ByteBuffer chunk : chunks) {
        byte[] bytes = new byte[chunk.remaining()];
        chunk.get(bytes);
        frames.received(bytes);
      }
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }
}

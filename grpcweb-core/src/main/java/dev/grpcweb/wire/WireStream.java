// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.call.CallDispatcher;
import dev.grpcweb.call.CallHead;
import dev.grpcweb.call.CallInput;
import dev.grpcweb.call.CallOutput;
import dev.grpcweb.call.CallTracers;
import dev.grpcweb.call.InboundMessage;
import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.Headers;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.Decompressor;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The life of one call over one exchange: understands the head, feeds the reader, asks for bytes
 * while the application asks for messages, and passes responses to {@link ResponseWriter}.
 *
 * <p>The two directions share nothing but the end: a broken request ends the response with a
 * status, a failed write never disturbs the reader.
 */
final class WireStream implements ExchangeInput, CallOutput, FrameReader.Sink {
  private final RequestHead request;
  private final Exchange exchange;
  private final CallDispatcher dispatcher;
  private final WireSettings settings;
  private final FrameReader frames;
  private final ByteSink decoder;
  private final ResponseWriter writer;
  private final KeepAlive keepAlive;

  /** Why there can be no call, known before its head was read. */
  private final @Nullable Status fault;

  /** Messages asked for, less those that have arrived. */
  private final AtomicLong demand = new AtomicLong();

  /** Set by {@link #opened}, before anything can be delivered. */
  private volatile @Nullable CallInput call;

  /** For compressed requests. Written by {@link #opened}. */
  private volatile Decompressor decompressor = Codec.Identity.NONE;

  /** For responses. Touched by the sender's thread. */
  private Compressor compressor = Codec.Identity.NONE;

  WireStream(
      RequestHead request,
      Exchange exchange,
      WireFormat format,
      WireFormats calls,
      @Nullable Status fault) {
    this.request = request;
    this.exchange = exchange;
    this.dispatcher = calls.dispatcher();
    this.settings = calls.settings();
    this.fault = fault;
    this.frames = new FrameReader(settings.limits().maxInboundMessageSize(), this);
    this.decoder = format.decoder(frames);
    this.writer = new ResponseWriter(exchange, format, settings, this::ready);
    this.keepAlive = new KeepAlive(writer, settings);
  }

  /** Called from a container thread. */
  @Override
  public void opened() {
    CallInput opened = dispatcher.open(head(), this);
    call = opened;
    opened.start();
    resumeReading();
  }

  private CallHead head() {
    Headers headers = request.headers();
    Metadata metadata = new Metadata();
    long timeoutNanos = CallHead.NO_TIMEOUT;
    Status refused = fault;
    try {
      metadata = MetadataText.parse(headers, settings.limits().maxInboundMetadataSize());
      decompressor = settings.compression().decompressorFor(headers.get("grpc-encoding"));
      String timeout = headers.get("grpc-timeout");
      timeoutNanos = timeout == null ? CallHead.NO_TIMEOUT : TimeoutText.parseNanos(timeout);
    } catch (WireException malformed) {
      refused = refused == null ? malformed.status() : refused;
    }
    return new CallHead(
        request.fullMethodName(),
        metadata,
        timeoutNanos,
        MessageCompression.acceptedEncodings(
            String.join(",", headers.getAll("grpc-accept-encoding"))),
        request.authority(),
        request.secure(),
        request.attributes(),
        refused);
  }

  /** Called from a container thread, or from one that asks for bytes. */
  @Override
  public void received(byte[] bytes, int offset, int length) {
    read(() -> decoder.received(bytes, offset, length));
    resumeReading();
  }

  /** Called from a container thread, or from one that asks for bytes. */
  @Override
  public void receivedEnd() {
    read(decoder::receivedEnd);
  }

  private void read(Runnable step) {
    CallInput to = call;
    if (to == null || writer.isEnded()) {
      return;
    }
    try {
      step.run();
    } catch (WireException broken) {
      to.cancel(broken.status());
    }
  }

  /** Called from any thread: the transport cannot go on with this call. */
  void refuse(Status reason) {
    CallInput to = call;
    if (to != null) {
      to.cancel(reason);
    }
  }

  /** Called by the reader. */
  @Override
  public void message(boolean compressed, byte[] bytes, int offset, int length) {
    demand.decrementAndGet();
    CallInput to = call;
    if (to != null) {
      to.message(new ReceivedMessage(compressed, bytes, offset, length));
    }
  }

  /** Called by the reader. */
  @Override
  public void endOfMessages() {
    CallInput to = call;
    if (to != null) {
      to.halfClose();
    }
  }

  /**
   * Reads on while messages are asked for. Without demand one chunk is read ahead, so that the end
   * of the request and a broken frame are seen.
   */
  private void resumeReading() {
    long open = demand.get();
    if (open > 0 || (open == 0 && !frames.isMidFrame())) {
      exchange.resumeReading();
    }
  }

  /**
   * Called from any thread. Without demand left there is still a chunk to be read ahead: the
   * messages asked for may have arrived before, when nobody had asked and reading stopped.
   */
  @Override
  public void demand(int count) {
    if (demand.addAndGet(count) >= 0) {
      exchange.resumeReading();
    }
  }

  /** Called from any thread. */
  @Override
  public void writable() {
    writer.writable();
  }

  /** Called from any thread. */
  @Override
  public void completed() {
    keepAlive.stop();
    CallInput to = call;
    if (to != null) {
      writer.outsideLock(to::completed);
    }
  }

  /** Called from any thread. */
  @Override
  public void disconnected(Throwable cause) {
    writer.stop();
    keepAlive.stop();
    CallInput to = call;
    if (to != null) {
      writer.outsideLock(() -> to.disconnected(cause));
    }
  }

  private void ready() {
    CallInput to = call;
    if (to != null) {
      to.writable();
    }
  }

  /** Called from the service's thread. */
  @Override
  public void headers(Metadata headers, Compressor chosen) {
    compressor = chosen;
    Headers own = new Headers();
    own.add("grpc-encoding", chosen.getMessageEncoding());
    String accepted = settings.compression().advertisedEncodings();
    if (!accepted.isEmpty()) {
      own.add("grpc-accept-encoding", accepted);
    }
    MetadataText.write(headers, own::add);
    writer.head(own);
    keepAlive.start();
  }

  /** Called from the service's thread. */
  @Override
  public void message(InputStream message, boolean compress, CallTracers tracers) {
    try (message) {
      tracers.outboundMessage();
      int size = FrameWriter.knownLength(message);
      InputStream payload = message;
      if (size < 0) {
        byte[] drained = FrameWriter.drain(message);
        payload = new MessageInputStream(drained, 0, drained.length);
        size = drained.length;
      }
      if (compress && size > 0) {
        byte[] deflated = MessageCompression.deflate(compressor, payload);
        writer.frame(
            FrameWriter.FLAG_COMPRESSED,
            new MessageInputStream(deflated, 0, deflated.length),
            deflated.length);
        tracers.outboundMessageSent(deflated.length, size);
      } else {
        writer.frame(0, payload, size);
        tracers.outboundMessageSent(size, size);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void flush() {
    writer.flush();
  }

  /** Called from any thread. */
  @Override
  public void trailers(Status status, Metadata trailers) {
    writer.end(status, trailers);
  }

  /** Called from any thread. */
  @Override
  public void cancel(Status status) {
    writer.cancel(status);
  }

  /** Called from any thread. */
  @Override
  public void abort() {
    writer.stop();
    keepAlive.stop();
    exchange.abort();
  }

  @Override
  public boolean isReady() {
    return writer.isReady();
  }

  @Override
  public void setOnReadyThreshold(int bytes) {
    writer.setOnReadyThreshold(bytes);
  }

  private final class ReceivedMessage implements InboundMessage {
    private final boolean compressed;
    private final byte[] bytes;
    private final int offset;
    private final int length;

    ReceivedMessage(boolean compressed, byte[] bytes, int offset, int length) {
      this.compressed = compressed;
      this.bytes = bytes;
      this.offset = offset;
      this.length = length;
    }

    @Override
    public InputStream open(CallTracers tracers) {
      tracers.inboundMessage(length, compressed);
      if (!compressed) {
        return new MessageInputStream(bytes, offset, length);
      }
      MessageInputStream inflated =
          MessageCompression.inflate(
              decompressor, bytes, offset, length, settings.limits().maxInboundMessageSize());
      tracers.inboundInflated(inflated.available());
      return inflated;
    }
  }
}

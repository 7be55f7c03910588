// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import io.grpc.BinaryLog;
import io.grpc.Channel;
import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Changes both marshallers of a method to bytes, as binary logs do, and notes what it sees. */
public final class ByteLog extends BinaryLog {
  private static final MethodDescriptor.Marshaller<byte[]> BYTES = new Bytes();

  private final List<String> trace;

  public ByteLog(List<String> trace) {
    this.trace = trace;
  }

  @Override
  public <Q, R> ServerMethodDefinition<?, ?> wrapMethodDefinition(
      ServerMethodDefinition<Q, R> method) {
    trace.add("log");
    MethodDescriptor<Q, R> own = method.getMethodDescriptor();
    ServerCallHandler<byte[], byte[]> handler = (call, headers) -> start(method, call, headers);
    return ServerMethodDefinition.create(own.toBuilder(BYTES, BYTES).build(), handler);
  }

  private <Q, R> ServerCall.Listener<byte[]> start(
      ServerMethodDefinition<Q, R> method, ServerCall<byte[], byte[]> call, Metadata headers) {
    MethodDescriptor<Q, R> own = method.getMethodDescriptor();
    ServerCall.Listener<Q> listener =
        method.getServerCallHandler().startCall(new Logged<>(call, own), headers);
    return new ForwardingServerCallListener<byte[]>() {
      @Override
      @SuppressWarnings("unchecked") // Messages do not go through it.
      protected ServerCall.Listener<byte[]> delegate() {
        return (ServerCall.Listener<byte[]>) (ServerCall.Listener<?>) listener;
      }

      @Override
      public void onMessage(byte[] message) {
        trace.add("request of " + message.length + " bytes");
        listener.onMessage(own.parseRequest(new ByteArrayInputStream(message)));
      }
    };
  }

  @Override
  public Channel wrapChannel(Channel channel) {
    return channel;
  }

  @Override
  public void close() {}

  /** The call as the interceptors see it, over one of bytes. */
  private final class Logged<Q, R> extends ForwardingServerCall<Q, R> {
    private final ServerCall<byte[], byte[]> bytes;
    private final MethodDescriptor<Q, R> method;

    Logged(ServerCall<byte[], byte[]> bytes, MethodDescriptor<Q, R> method) {
      this.bytes = bytes;
      this.method = method;
    }

    @Override
    @SuppressWarnings("unchecked") // Messages do not go through it.
    protected ServerCall<Q, R> delegate() {
      return (ServerCall<Q, R>) (ServerCall<?, ?>) bytes;
    }

    @Override
    public void sendMessage(R message) {
      byte[] serialised = BYTES.parse(method.streamResponse(message));
      trace.add("response of " + serialised.length + " bytes");
      bytes.sendMessage(serialised);
    }

    @Override
    public MethodDescriptor<Q, R> getMethodDescriptor() {
      return method;
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

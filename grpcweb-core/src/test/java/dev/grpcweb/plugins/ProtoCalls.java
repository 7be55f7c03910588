// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.plugins;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.grpcweb.testing.CallBench;
import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.Reply;
import io.grpc.MethodDescriptor;
import java.util.List;

/** Calls generated methods of any service on a bench. */
final class ProtoCalls {
  private final CallBench bench;

  ProtoCalls(CallBench bench) {
    this.bench = bench;
  }

  /** Sends one request and no end of it. */
  ClientCall open(MethodDescriptor<?, ?> method, MessageLite request) {
    return bench
        .call(bench.head(method.getFullMethodName()))
        .sendBytes(Frames.frame(0, request.toByteArray()));
  }

  /** Sends one request and its end, and waits for the answer. */
  Reply call(MethodDescriptor<?, ?> method, MessageLite request) throws InterruptedException {
    return open(method, request).halfClose().await();
  }

  /** Returns the messages of an answer. */
  static <T> List<T> messages(Reply reply, Parser<T> parser) {
    return reply.frames().stream().map(frame -> parse(parser, frame)).toList();
  }

  private static <T> T parse(Parser<T> parser, Frames.Frame frame) {
    try {
      return parser.parseFrom(frame.payload());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}

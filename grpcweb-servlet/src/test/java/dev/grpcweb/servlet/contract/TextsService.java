// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.testing.Texts;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;

/** The service that contracts call: a method for each thing that a service does. */
public final class TextsService implements BindableService {
  static final Metadata.Key<String> TRAILER =
      Metadata.Key.of("x-trail", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<byte[]> BINARY_TRAILER =
      Metadata.Key.of("x-trail-bin", Metadata.BINARY_BYTE_MARSHALLER);
  static final byte[] TRAILER_BYTES = {1, 0, (byte) 0xFE};

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(Texts.SERVICE)
        .addMethod(unary("Echo", TextsService::echo))
        .addMethod(unary("Fail", TextsService::fail))
        .addMethod(unary("Break", TextsService::breakDown))
        .addMethod(unary("Wait", TextsService::leaveOpen))
        .addMethod(unary("Facts", (request, observer) -> answer(observer, CallFacts.current())))
        .addMethod(streams("Count", (request, observer) -> count(request, observer)))
        .addMethod(streams("Flood", TextsService::flood))
        .addMethod(streams("CountAndFail", TextsService::countAndFail))
        .addMethod(
            Texts.method("Join", MethodType.CLIENT_STREAMING),
            ServerCalls.asyncClientStreamingCall(TextsService::join))
        .addMethod(
            Texts.method("Measure", MethodType.CLIENT_STREAMING),
            ServerCalls.asyncClientStreamingCall(TextsService::measure))
        .addMethod(
            Texts.method("Chat", MethodType.BIDI_STREAMING),
            ServerCalls.asyncBidiStreamingCall(TextsService::chat))
        .addMethod(
            Texts.method("Refuse", MethodType.BIDI_STREAMING),
            ServerCalls.asyncBidiStreamingCall(TextsService::refuse))
        .addMethod(Texts.method("Hold", MethodType.SERVER_STREAMING), new Held(2, true))
        .addMethod(Texts.method("HoldBoth", MethodType.BIDI_STREAMING), new Held(0, true))
        .addMethod(Texts.method("Ignore", MethodType.CLIENT_STREAMING), new Held(0, false))
        .addMethod(Texts.method("Metadata", MethodType.UNARY), TextsService::metadata)
        .build();
  }

  private static io.grpc.ServerMethodDefinition<String, String> unary(
      String name, ServerCalls.UnaryMethod<String, String> method) {
    return io.grpc.ServerMethodDefinition.create(
        Texts.method(name, MethodType.UNARY), ServerCalls.asyncUnaryCall(method));
  }

  private static io.grpc.ServerMethodDefinition<String, String> streams(
      String name, ServerCalls.ServerStreamingMethod<String, String> method) {
    return io.grpc.ServerMethodDefinition.create(
        Texts.method(name, MethodType.SERVER_STREAMING),
        ServerCalls.asyncServerStreamingCall(method));
  }

  private static void answer(StreamObserver<String> observer, String text) {
    observer.onNext(text);
    observer.onCompleted();
  }

  private static void echo(String request, StreamObserver<String> observer) {
    answer(observer, request);
  }

  /** Takes "CODE description". */
  private static void fail(String request, StreamObserver<String> observer) {
    Metadata trailers = new Metadata();
    // The spaces around do not travel: HTTP/2 has no field with them.
    trailers.put(TRAILER, " one");
    trailers.put(TRAILER, "two ");
    trailers.put(BINARY_TRAILER, TRAILER_BYTES);
    String[] words = request.split(" ", 2);
    Status status = Status.INVALID_ARGUMENT;
    for (Status.Code code : Status.Code.values()) {
      if (code.name().equals(words[0]) && words.length > 1) {
        status = code.toStatus().withDescription(words[1]);
      }
    }
    observer.onError(status.asRuntimeException(trailers));
  }

  private static void breakDown(String request, StreamObserver<String> observer) {
    throw new IllegalStateException("secret of the service");
  }

  private static void leaveOpen(String request, StreamObserver<String> observer) {
    ((ServerCallStreamObserver<String>) observer).setOnCancelHandler(() -> {});
  }

  private static final int MOST_MESSAGES = 100_000;
  private static final int MOST_BYTES = 16 << 20;

  /** How many messages of which size: "count size", each message begins with its number. */
  private record Plan(int count, int size) {
    static Plan of(String request) {
      String[] words = request.split(" ", -1);
      try {
        int count = Integer.parseInt(words[0]);
        int size = words.length < 2 ? 0 : Integer.parseInt(words[1]);
        if (count < 0 || count > MOST_MESSAGES || (long) count * size > MOST_BYTES) {
          throw Status.OUT_OF_RANGE.withDescription("too much").asRuntimeException();
        }
        return new Plan(count, size);
      } catch (NumberFormatException e) {
        throw Status.INVALID_ARGUMENT.withDescription("no plan").asRuntimeException();
      }
    }

    String message(int index) {
      String number = String.valueOf(index);
      return number.length() >= size ? number : number + "-".repeat(size - number.length());
    }
  }

  private static Plan planOf(String request, StreamObserver<String> observer) {
    try {
      return Plan.of(request);
    } catch (io.grpc.StatusRuntimeException e) {
      observer.onError(e);
      return new Plan(-1, 0);
    }
  }

  /** Sends while the call is ready. */
  private static void count(String request, StreamObserver<String> observer) {
    Plan plan = planOf(request, observer);
    ServerCallStreamObserver<String> call = (ServerCallStreamObserver<String>) observer;
    if (plan.count() < 0) {
      return;
    }
    int[] sent = {0};
    call.setOnReadyHandler(
        () -> {
          while (sent[0] < plan.count() && call.isReady()) {
            call.onNext(plan.message(sent[0]++));
          }
          if (sent[0] == plan.count()) {
            sent[0]++;
            call.onCompleted();
          }
        });
  }

  /** Sends whether the call is ready or not. */
  private static void flood(String request, StreamObserver<String> observer) {
    Plan plan = planOf(request, observer);
    for (int i = 0; i < plan.count(); i++) {
      observer.onNext(plan.message(i));
    }
    if (plan.count() >= 0) {
      observer.onCompleted();
    }
  }

  private static void countAndFail(String request, StreamObserver<String> observer) {
    Plan plan = planOf(request, observer);
    for (int i = 0; i < plan.count(); i++) {
      observer.onNext(plan.message(i));
    }
    if (plan.count() >= 0) {
      observer.onError(Status.DATA_LOSS.withDescription("lost it").asRuntimeException());
    }
  }

  private abstract static class Requests implements StreamObserver<String> {
    @Override
    public void onError(Throwable thrown) {
      // The log of calls has noted it.
    }
  }

  private static StreamObserver<String> join(StreamObserver<String> answers) {
    List<String> words = new ArrayList<>();
    return new Requests() {
      @Override
      public void onNext(String word) {
        words.add(word);
      }

      @Override
      public void onCompleted() {
        answer(answers, String.join(",", words));
      }
    };
  }

  /** Answers with the number of messages and of characters. */
  private static StreamObserver<String> measure(StreamObserver<String> answers) {
    long[] totals = {0, 0};
    return new Requests() {
      @Override
      public void onNext(String text) {
        totals[0]++;
        totals[1] += text.length();
      }

      @Override
      public void onCompleted() {
        answer(answers, totals[0] + " " + totals[1]);
      }
    };
  }

  private static StreamObserver<String> chat(StreamObserver<String> answers) {
    return new Requests() {
      @Override
      public void onNext(String text) {
        answers.onNext("re: " + text);
      }

      @Override
      public void onCompleted() {
        answers.onCompleted();
      }
    };
  }

  private static StreamObserver<String> refuse(StreamObserver<String> answers) {
    answers.onError(Status.PERMISSION_DENIED.withDescription("not you").asRuntimeException());
    return new Requests() {
      @Override
      public void onNext(String text) {
        // Messages that were under way.
      }

      @Override
      public void onCompleted() {
        // The call has ended.
      }
    };
  }

  /** Repeats the fields that begin with x- as headers and, with their names prefixed, trailers. */
  private static ServerCall.Listener<String> metadata(
      ServerCall<String, String> call, Metadata received) {
    Metadata headers = new Metadata();
    Metadata trailers = new Metadata();
    for (String name : received.keys()) {
      if (!name.startsWith("x-")) {
        continue;
      }
      if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
        copy(received, headers, trailers, name, Metadata.BINARY_BYTE_MARSHALLER);
      } else {
        copy(received, headers, trailers, name, Metadata.ASCII_STRING_MARSHALLER);
      }
    }
    call.request(2);
    return new ServerCall.Listener<>() {
      @Override
      public void onHalfClose() {
        call.sendHeaders(headers);
        call.sendMessage("metadata");
        call.close(Status.OK, trailers);
      }
    };
  }

  private static void copy(
      Metadata from,
      Metadata headers,
      Metadata trailers,
      String name,
      Metadata.AsciiMarshaller<String> type) {
    copy(from, headers, Metadata.Key.of(name, type), Metadata.Key.of(name, type));
    copy(from, trailers, Metadata.Key.of(name, type), Metadata.Key.of("trail-" + name, type));
  }

  private static void copy(
      Metadata from,
      Metadata headers,
      Metadata trailers,
      String name,
      Metadata.BinaryMarshaller<byte[]> type) {
    copy(from, headers, Metadata.Key.of(name, type), Metadata.Key.of(name, type));
    copy(from, trailers, Metadata.Key.of(name, type), Metadata.Key.of("trail-" + name, type));
  }

  private static <T> void copy(
      Metadata from, Metadata to, Metadata.Key<T> read, Metadata.Key<T> written) {
    Iterable<T> values = from.getAll(read);
    if (values != null) {
      values.forEach(value -> to.put(written, value));
    }
  }

  /** Leaves the call to the test, which has it from the log. */
  private record Held(int demand, boolean sendsHeaders)
      implements ServerCallHandler<String, String> {
    @Override
    public ServerCall.Listener<String> startCall(ServerCall<String, String> call, Metadata head) {
      if (demand > 0) {
        call.request(demand);
      }
      if (sendsHeaders) {
        call.sendHeaders(new Metadata());
      }
      return new ServerCall.Listener<>() {
        @Override
        public void onCancel() {
          if (!call.isCancelled()) {
            throw new AssertionError("the listener knows before the call does");
          }
        }
      };
    }
  }
}

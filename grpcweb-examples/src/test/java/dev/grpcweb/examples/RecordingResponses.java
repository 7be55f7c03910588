// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client's side of one call: what came, how it ended, and how much it asks for. */
final class RecordingResponses<A> implements ClientResponseObserver<Object, A> {

  private final Function<A, String> text;
  private final int initialRequest;
  private final List<A> messages = new CopyOnWriteArrayList<>();
  private volatile @Nullable Status status;
  private @Nullable ClientCallStreamObserver<Object> call;

  /** Takes this many messages, and more only after {@link #request}. */
  RecordingResponses(Function<A, String> text, int initialRequest) {
    this.text = text;
    this.initialRequest = initialRequest;
  }

  List<A> messages() {
    return messages;
  }

  List<String> texts() {
    return messages.stream().map(text).toList();
  }

  @Nullable Status status() {
    return status;
  }

  void request(int messages) {
    call().request(messages);
  }

  void cancel() {
    call().cancel("enough", null);
  }

  boolean isReady() {
    return call().isReady();
  }

  private ClientCallStreamObserver<Object> call() {
    if (call == null) {
      throw new IllegalStateException("the call has not started");
    }
    return call;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Object> stream) {
    call = stream;
    stream.disableAutoRequestWithInitial(initialRequest);
  }

  @Override
  public void onNext(A message) {
    messages.add(message);
  }

  @Override
  public void onError(Throwable error) {
    status = Status.fromThrowable(error);
  }

  @Override
  public void onCompleted() {
    status = Status.OK;
  }
}

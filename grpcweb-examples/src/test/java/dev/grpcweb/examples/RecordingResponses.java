// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import dev.grpcweb.examples.chat.RealtimePushRequest;
import dev.grpcweb.examples.chat.RealtimePushResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A client's side of one push: what came, how it ended, and how much it asks for. */
final class RecordingResponses
    implements ClientResponseObserver<RealtimePushRequest, RealtimePushResponse> {

  private final int initialRequest;
  private final List<RealtimePushResponse> messages = new CopyOnWriteArrayList<>();
  private volatile @Nullable Status status;
  private @Nullable ClientCallStreamObserver<RealtimePushRequest> call;

  /** Takes whatever comes. */
  RecordingResponses() {
    this(Integer.MAX_VALUE);
  }

  /** Takes this many messages, and more only after {@link #request}. */
  RecordingResponses(int initialRequest) {
    this.initialRequest = initialRequest;
  }

  List<RealtimePushResponse> messages() {
    return messages;
  }

  List<String> texts() {
    return messages.stream().map(RealtimePushResponse::getData).toList();
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

  private ClientCallStreamObserver<RealtimePushRequest> call() {
    if (call == null) {
      throw new IllegalStateException("the call has not started");
    }
    return call;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<RealtimePushRequest> stream) {
    call = stream;
    stream.disableAutoRequestWithInitial(initialRequest);
  }

  @Override
  public void onNext(RealtimePushResponse message) {
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

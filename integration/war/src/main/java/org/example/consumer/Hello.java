// SPDX-License-Identifier: Apache-2.0
package org.example.consumer;

import dev.grpcweb.examples.greeter.GreeterGrpc;
import dev.grpcweb.examples.greeter.MessageRequest;
import dev.grpcweb.examples.greeter.MessageResponse;
import io.grpc.stub.StreamObserver;

/** What the user of the library writes. */
public final class Hello extends GreeterGrpc.GreeterImplBase {
  @Override
  public void greet(MessageRequest request, StreamObserver<MessageResponse> responses) {
    responses.onNext(reply("Hello " + request.getContent()));
    responses.onCompleted();
  }

  @Override
  public void subscribe(MessageRequest request, StreamObserver<MessageResponse> responses) {
    for (int i = 1; i <= 3; i++) {
      responses.onNext(reply(request.getContent() + " " + i));
    }
    responses.onCompleted();
  }

  private static MessageResponse reply(String text) {
    return MessageResponse.newBuilder().setReply(text).build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import io.grpc.Attributes;
import io.grpc.MethodDescriptor;
import io.grpc.ServerStreamTracer.ServerCallInfo;

/** What tracers are told of a call when its method is known, as the service has defined it. */
final class CallInfo<Q, R> extends ServerCallInfo<Q, R> {
  private final MethodDescriptor<Q, R> method;
  private final CallHead head;

  CallInfo(MethodDescriptor<Q, R> method, CallHead head) {
    this.method = method;
    this.head = head;
  }

  @Override
  public MethodDescriptor<Q, R> getMethodDescriptor() {
    return method;
  }

  @Override
  public Attributes getAttributes() {
    return head.attributes();
  }

  @Override
  public String getAuthority() {
    return head.authority();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.transport.Headers;

/** A native client: the body is frames, the status comes in trailers of HTTP. */
public enum GrpcClientFormat implements ClientFormat {
  NATIVE;

  @Override
  public Headers requestHeaders() {
    return new Headers().add("Content-Type", "application/grpc").add("TE", "trailers");
  }

  @Override
  public byte[] encode(byte[] frames) {
    return frames;
  }

  @Override
  public Reply reply(Headers head, byte[] body, Headers trailers) {
    return new Reply(head, Frames.parse(body), trailers);
  }

  @Override
  public String responseType() {
    return "application/grpc";
  }
}

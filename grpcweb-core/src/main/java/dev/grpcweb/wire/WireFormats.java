// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.call.CallDispatcher;
import dev.grpcweb.transport.Exchange;
import dev.grpcweb.transport.ExchangeInput;
import dev.grpcweb.transport.RequestHead;
import io.grpc.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one door from the transport to the wire: which formats there are, and what opens a call.
 *
 * <p>Thread-safe.
 */
public final class WireFormats {
  private static final Set<String> GRPC_TYPES =
      Set.of(GrpcFormat.TYPE, GrpcWebFormat.BINARY, GrpcWebFormat.TEXT);

  private final CallDispatcher dispatcher;
  private final WireSettings settings;

  /** Creates the door to these calls. */
  public WireFormats(CallDispatcher dispatcher, WireSettings settings) {
    this.dispatcher = dispatcher;
    this.settings = settings;
  }

  /** Returns whether the content type is one of gRPC's, be its messages of any codec. */
  public static boolean isGrpc(@Nullable String contentType) {
    ContentType type = ContentType.parse(contentType);
    return type != null && GRPC_TYPES.contains(type.type());
  }

  /** Returns whether a request of this content type can be served. */
  public static boolean isSupported(@Nullable String contentType) {
    return WireFormat.of(contentType, null) != null;
  }

  /**
   * Called from a container thread with a request of a supported content type. Nothing happens
   * before {@link ExchangeInput#opened}.
   *
   * @throws IllegalArgumentException if the content type is not supported
   */
  public ExchangeInput open(RequestHead request, Exchange exchange) {
    String contentType = request.headers().get("content-type");
    String accept = String.join(",", request.headers().getAll("accept"));
    WireFormat format = WireFormat.of(contentType, accept);
    if (format == null) {
      throw new IllegalArgumentException("content-type is not supported: " + contentType);
    }
    return open(request, exchange, format, null);
  }

  /**
   * As {@link #open(RequestHead, Exchange)}, in a format that is known.
   *
   * @param fault why there can be no call; null if there can be one
   */
  WireStream open(
      RequestHead request, Exchange exchange, WireFormat format, @Nullable Status fault) {
    return new WireStream(request, exchange, format, this, fault);
  }

  /**
   * Returns why a call on a WebSocket, where there is no 415, cannot have messages of this type;
   * null if it can. All that is asked of a type there is what its messages are.
   */
  static @Nullable Status fault(@Nullable String contentType, WireFormat answer) {
    ContentType type = ContentType.parse(contentType);
    if (type == null
        || (type.isProto()
            && (type.type().equals(GrpcWebFormat.BINARY) || type.type().equals(GrpcFormat.TYPE)))) {
      return null;
    }
    return Status.INTERNAL.withDescription(
        "content-type is not supported: expected " + answer.contentType() + ", got " + contentType);
  }

  CallDispatcher dispatcher() {
    return dispatcher;
  }

  WireSettings settings() {
    return settings;
  }
}

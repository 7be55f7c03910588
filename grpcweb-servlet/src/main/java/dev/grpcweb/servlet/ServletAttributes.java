// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import io.grpc.Attributes;
import java.security.Principal;

/**
 * What a call's attributes hold of its servlet request, beside {@code
 * io.grpc.Grpc.TRANSPORT_ATTR_REMOTE_ADDR}, {@code TRANSPORT_ATTR_LOCAL_ADDR} and, over TLS, {@code
 * TRANSPORT_ATTR_SSL_SESSION}. Those of a call over a WebSocket are of its handshake.
 */
public final class ServletAttributes {
  /** Whom the container, or a filter in front, has authenticated; absent if that is nobody. */
  public static final Attributes.Key<Principal> USER_PRINCIPAL =
      Attributes.Key.create("dev.grpcweb.servlet.user-principal");

  private ServletAttributes() {}
}

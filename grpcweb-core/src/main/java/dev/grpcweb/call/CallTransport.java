// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import static java.util.Objects.requireNonNull;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What transport filters see. No container tells which connection a call came over, so there is a
 * transport for each call: ready before anything else happens, terminated after everything.
 *
 * <p>Immutable.
 */
final class CallTransport {
  private static final Logger logger = System.getLogger(CallTransport.class.getName());

  /** Those that were told that the transport is ready, and not the one that threw. */
  private final List<ServerTransportFilter> told;

  private final Attributes attributes;
  private final @Nullable Status fault;

  private CallTransport(
      List<ServerTransportFilter> told, Attributes attributes, @Nullable Status fault) {
    this.told = told;
    this.attributes = attributes;
    this.fault = fault;
  }

  /**
   * Called from a container thread: passes the attributes through the filters, in their order. The
   * call is refused if one throws.
   */
  static CallTransport ready(List<ServerTransportFilter> filters, Attributes connection) {
    Attributes attributes = connection;
    for (int i = 0; i < filters.size(); i++) {
      try {
        attributes = requireNonNull(filters.get(i).transportReady(attributes), "attributes");
      } catch (RuntimeException thrown) {
        logger.log(Level.WARNING, "a transport filter failed; the call is refused", thrown);
        return new CallTransport(filters.subList(0, i), attributes, StatusMapper.ofStart(thrown));
      }
    }
    return new CallTransport(filters, attributes, null);
  }

  /** Returns what the last filter has made of the connection's attributes. */
  Attributes attributes() {
    return attributes;
  }

  /** Returns why there can be no call; null if there can be one. */
  @Nullable Status fault() {
    return fault;
  }

  /** Called from any thread, once, when the call is over. */
  void terminated() {
    for (ServerTransportFilter filter : told) {
      try {
        filter.transportTerminated(attributes);
      } catch (RuntimeException e) {
        logger.log(Level.WARNING, "a transport filter failed", e);
      }
    }
  }
}

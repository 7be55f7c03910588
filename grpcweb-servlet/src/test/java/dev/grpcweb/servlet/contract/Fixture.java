// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.ClientCall.fields;
import static dev.grpcweb.servlet.contract.ClientCall.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the parts of {@link CallContract} test with. */
interface Fixture {
  Protocol protocol();

  Site.Mount mount();

  CallLog log();

  /** The formats of the protocol, for tests that run in each of them. */
  default List<Format> formats() {
    return protocol().formats();
  }

  /**
   * Lets the container come to rest: one that is inside a callback of a request may take no notice
   * of its reset.
   */
  void settle();

  /** Returns what the container cannot do. */
  Set<Limit> limits();

  /** Returns whether the server learns of a client that goes away before it writes or reads. */
  default boolean resetsShowAtOnce() {
    return protocol().isWebSocket()
        || (protocol().isHttp2() && !limits().contains(Limit.RESETS_SHOW_LATE));
  }

  /** Connects; the connection is closed after the test. */
  HttpConnection connect() throws IOException;

  /** Returns an id that no call has had. */
  String newId();

  /** Returns the path of a text method. */
  default String methodPath(String method) {
    return path(mount().prefix(), method);
  }

  /** Opens a call whose messages follow. */
  default ClientCall open(Format format, String method) throws IOException {
    return open(connect(), format, method, fields(format));
  }

  /** Opens a call whose messages follow. */
  default ClientCall open(
      HttpConnection connection, Format format, String method, Map<String, String> fields)
      throws IOException {
    return new ClientCall(format, connection.open("POST", methodPath(method), fields));
  }

  /** Opens a call that the log knows by this id. */
  default ClientCall open(Format format, String method, String id) throws IOException {
    Map<String, String> fields = fields(format);
    fields.put(CallLog.CALL_ID, id);
    return open(connect(), format, method, fields);
  }

  /** Sends a whole call, its length known. */
  default ClientCall call(Format format, String method, String... messages) throws IOException {
    return call(connect(), format, method, fields(format), format.messages(messages));
  }

  /** Sends a whole call of these bytes. */
  default ClientCall call(
      HttpConnection connection,
      Format format,
      String method,
      Map<String, String> fields,
      byte[] body)
      throws IOException {
    return new ClientCall(format, connection.request("POST", methodPath(method), fields, body));
  }

  /** Makes sure that the connection is open and serves another call. */
  default void goesOn(HttpConnection connection) throws IOException {
    assertThat(connection.isOpen()).as("connection is open").isTrue();
    byte[] body = Format.BINARY.message("still here");
    assertThat(call(connection, Format.BINARY, "Echo", fields(Format.BINARY), body).rest())
        .containsExactly("still here");
  }
}

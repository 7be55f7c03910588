// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.servlet.contract.FuzzInput.Delivery;
import io.grpc.Status;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends inputs one after the other over a connection that is kept while it can be, and judges the
 * answers: a request that HTTP understands has to be answered in time, without an error of the
 * server, an answer has to be the one to this request, and a gRPC-Web answer has to be whole. Not
 * thread-safe.
 */
final class FuzzClient implements AutoCloseable {
  /** Whatever the client sent, these would say that the server is broken. */
  private static final Set<Status.Code> FAULTS = Set.of(Status.Code.UNKNOWN);

  /** What Jetty never answers by itself, before {@link FuzzEcho} has had its say. */
  private static final Set<Integer> NAMED = Set.of(200, 204, 405, 415);

  private static final int MOST_REMEMBERED = 8;

  private final Site site;
  private final Clients clients;
  private final Protocol protocol;
  private final FuzzTally tally;
  private @Nullable HttpConnection connection;

  /** The numbers of what was sent before over the same connection, the last ones. */
  private final Deque<Long> history = new ArrayDeque<>();

  /** What the input at hand is called. */
  private String name = "";

  FuzzClient(Site site, Clients clients, Protocol protocol, FuzzTally tally) {
    this.site = site;
    this.clients = clients;
    this.protocol = protocol;
    this.tally = tally;
  }

  /** Sends an input; returns what is wrong with the answer, or null. */
  @Nullable String send(long number, FuzzInput input) {
    name = String.valueOf(number);
    String problem = send(input.withField(FuzzEcho.NAME, name));
    String behind = problem == null ? "" : ", behind " + history;
    history.add(number);
    if (history.size() > MOST_REMEMBERED) {
      history.remove();
    }
    return problem == null ? null : problem + behind;
  }

  private @Nullable String send(FuzzInput input) {
    try {
      if (protocol.isHttp2()) {
        return sendHttp2(input);
      }
      return switch (input.delivery()) {
        case WHOLE -> sendWhole(input);
        case RAW -> sendRaw(input.bytes());
        case CUT -> cut(input.bytes());
      };
    } catch (IOException e) {
      drop();
      return String.valueOf(e);
    }
  }

  private @Nullable String sendWhole(FuzzInput input) throws IOException {
    boolean fresh = connection == null;
    Http1Connection http = (Http1Connection) connection();
    try {
      http.write(input.bytes());
    } catch (IOException e) {
      // Refused so early that the rest did not go out; the answer may be there all the same.
      tally.count("not sent to its end");
    }
    HttpExchange answer = http.response(input.method());
    try {
      answer.status();
    } catch (SocketTimeoutException e) {
      drop();
      return "no answer came in time";
    } catch (IOException closed) {
      drop();
      if (fresh) {
        return "closed without an answer: " + closed;
      }
      // HTTP allows a server to close between two requests; clients send again.
      tally.count("closed between requests");
      return sendWhole(input);
    }
    String problem = judgeOwn(input.method(), answer);
    if (!http.isKept()) {
      tally.count("connection closed with the answer");
      drop();
    }
    return problem;
  }

  /** Sends bytes and no more; the server may answer or close, but not leave it at that. */
  @Nullable String sendRaw(byte[] bytes) throws IOException {
    drop();
    Http1Connection http = (Http1Connection) connection();
    try {
      http.write(bytes);
      http.shutdownOutput();
      return judge("?", http.response("POST"));
    } catch (SocketTimeoutException e) {
      return "neither an answer nor the end came in time";
    } catch (IOException closed) {
      tally.count("raw: closed");
      return null;
    } finally {
      drop();
    }
  }

  private @Nullable String cut(byte[] bytes) throws IOException {
    drop();
    Http1Connection http = (Http1Connection) connection();
    http.write(bytes);
    http.reset();
    connection = null;
    tally.count("cut");
    return null;
  }

  private @Nullable String sendHttp2(FuzzInput input) throws IOException {
    HttpExchange exchange = request(input);
    if (input.delivery() == Delivery.CUT) {
      exchange.vanish();
      tally.count("cut");
      return null;
    }
    return judgeOwn(input.method(), exchange);
  }

  /** What HTTP/1.1 would send in chunks is sent in frames, the last of which ends the stream. */
  private HttpExchange request(FuzzInput input) throws IOException {
    byte[] body = input.body();
    if (input.chunks().isEmpty()) {
      return connection().request(input.method(), input.path(), input.http2Fields(), body);
    }
    HttpExchange exchange = connection().open(input.method(), input.path(), input.http2Fields());
    int at = 0;
    for (int size : input.chunks()) {
      int end = Math.min(at + size, body.length);
      exchange.send(Arrays.copyOfRange(body, at, end));
      at = end;
    }
    exchange.send(Arrays.copyOfRange(body, at, body.length));
    exchange.end();
    return exchange;
  }

  /** An answer that names another input was meant for somebody else. */
  private @Nullable String judgeOwn(String method, HttpExchange exchange) throws IOException {
    int status = exchange.status();
    String named = exchange.header(FuzzEcho.NAME);
    if (named == null ? NAMED.contains(status) : !named.equals(name)) {
      drop();
      return "HTTP status " + status + " in answer to " + named;
    }
    return judge(method, exchange);
  }

  private @Nullable String judge(String method, HttpExchange exchange) throws IOException {
    int status = exchange.status();
    String type = exchange.header("content-type");
    tally.count(protocol + " " + status);
    if (status == 500) {
      return "HTTP status 500: " + new String(exchange.readAll(), StandardCharsets.UTF_8);
    }
    if (status != 200 || type == null || !type.startsWith("application/grpc")) {
      exchange.readAll();
      // Other verbs on other paths are for whatever is behind the filter.
      return status == 200 && method.equals("POST") ? "an answer of type " + type : null;
    }
    Format format = type.equals(Format.NATIVE.contentType()) ? Format.NATIVE : Format.BINARY;
    ClientCall call = new ClientCall(format, exchange);
    Status.Code code;
    try {
      code = call.code();
    } catch (IOException e) {
      throw new IOException("an answer of type " + type + " to " + method + ": " + e, e);
    }
    tally.count("gRPC " + code);
    return FAULTS.contains(code) ? code + ": " + call.message() : null;
  }

  private HttpConnection connection() throws IOException {
    HttpConnection open = connection;
    if (open == null) {
      open = protocol.connect(site, clients);
      connection = open;
      history.clear();
    }
    return open;
  }

  private void drop() {
    HttpConnection open = connection;
    connection = null;
    try {
      if (open instanceof Http1Connection http) {
        // By a reset, since ports of closed connections are not to be had for a while.
        http.reset();
      } else if (open != null) {
        open.close();
      }
    } catch (IOException alreadyClosed) {
      // That was the aim.
    }
  }

  @Override
  public void close() {
    drop();
  }
}

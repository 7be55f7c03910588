// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.testing.Texts;
import io.grpc.Status;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One call of a text method. One thread may send while another reads. */
final class ClientCall {
  /** What is sent along with every call, unless a test says otherwise. */
  static Map<String, String> fields(Format format) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("content-type", format.contentType());
    if (format == Format.NATIVE) {
      fields.put("te", "trailers");
    } else {
      fields.put("x-grpc-web", "1");
    }
    return fields;
  }

  static String path(String prefix, String method) {
    return prefix + "/" + Texts.SERVICE + "/" + method;
  }

  private final Format format;
  private final HttpExchange exchange;
  private @Nullable ReplyReader reply;

  ClientCall(Format format, HttpExchange exchange) {
    this.format = format;
    this.exchange = exchange;
  }

  HttpExchange http() {
    return exchange;
  }

  ClientCall send(String... messages) throws IOException {
    exchange.send(format.messages(messages));
    return this;
  }

  ClientCall halfClose() throws IOException {
    exchange.end();
    return this;
  }

  /** Waits for the next message; returns null when the call's status has come. */
  @Nullable String next() throws IOException {
    byte[] message = nextBytes();
    return message == null ? null : new String(message, StandardCharsets.UTF_8);
  }

  byte @Nullable [] nextBytes() throws IOException {
    return reply().next();
  }

  /** Reads all messages up to the end of the call. */
  List<String> rest() throws IOException {
    List<String> messages = new ArrayList<>();
    for (String next = next(); next != null; next = next()) {
      messages.add(next);
    }
    reply().end();
    return messages;
  }

  /** Reads up to the end of the call. */
  Map<String, String> trailers() throws IOException {
    byte[] skipped = nextBytes();
    while (skipped != null) {
      skipped = nextBytes();
    }
    reply().end();
    return reply().trailers();
  }

  /** Returns the status that has come, while the response may still be open. */
  Status.Code arrivedCode() throws IOException {
    return codeOf(reply().trailers());
  }

  /** Reads up to the end of the call. */
  Status.Code code() throws IOException {
    return codeOf(trailers());
  }

  private static Status.Code codeOf(Map<String, String> trailers) {
    return Status.fromCodeValue(Integer.parseInt(trailers.getOrDefault("grpc-status", "")))
        .getCode();
  }

  /** Reads up to the end of the call; returns what its status says. */
  String message() throws IOException {
    String encoded = trailers().getOrDefault("grpc-message", "");
    return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private ReplyReader reply() throws IOException {
    ReplyReader reader = reply;
    if (reader == null) {
      if (exchange.status() != 200) {
        throw new IOException(
            "HTTP status "
                + exchange.status()
                + ": "
                + new String(exchange.readAll(), StandardCharsets.UTF_8));
      }
      String type = exchange.header("content-type");
      for (Format answered : Format.values()) {
        if (answered.contentType().equals(type)) {
          reader = new ReplyReader(exchange, answered);
        }
      }
      if (reader == null || (format == Format.NATIVE) != Format.NATIVE.contentType().equals(type)) {
        throw new IOException("a response of type " + type);
      }
      reply = reader;
    }
    return reader;
  }
}

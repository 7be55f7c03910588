// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import dev.grpcweb.examples.chat.RealtimePushRequest;
import dev.grpcweb.examples.chat.RealtimePushResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A gRPC-Web call of the chat's one method, made by a plain HTTP client. */
final class WebCall {
  static final String METHOD = "chat.ChatService/StartRealtimePush";
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final HttpClient client;
  private final HttpRequest.Builder request;

  /** Prepares a call of the method below this address, which ends with a slash. */
  WebCall(HttpClient client, URI base) {
    this(client, base, METHOD);
  }

  WebCall(HttpClient client, URI base, String method) {
    this.client = client;
    this.request = HttpRequest.newBuilder(base.resolve(method)).timeout(TIMEOUT);
  }

  static HttpClient http1() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  /** Returns the body of a request with this client_id. */
  static byte[] body(String clientId) {
    return frame(0, RealtimePushRequest.newBuilder().setClientId(clientId).build().toByteArray());
  }

  static byte[] frame(int flags, byte[] payload) {
    return ByteBuffer.allocate(5 + payload.length)
        .put((byte) flags)
        .putInt(payload.length)
        .put(payload)
        .array();
  }

  WebCall header(String name, String value) {
    request.header(name, value);
    return this;
  }

  Answer post(byte[] body) throws IOException, InterruptedException {
    return send(request.POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  Answer get() throws IOException, InterruptedException {
    return send(request.GET());
  }

  private Answer send(HttpRequest.Builder complete) throws IOException, InterruptedException {
    return new Answer(client.send(complete.build(), HttpResponse.BodyHandlers.ofByteArray()));
  }

  /** Decodes base64 with padding anywhere, four characters at a time. */
  static byte[] unbase64(byte[] text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int at = 0; at < text.length; at += 4) {
      byte[] quantum = new byte[4];
      System.arraycopy(text, at, quantum, 0, 4);
      bytes.writeBytes(Base64.getDecoder().decode(quantum));
    }
    return bytes.toByteArray();
  }

  /** The response to a call. */
  record Answer(HttpResponse<byte[]> http) {
    String contentType() {
      return http.headers().firstValue("content-type").orElse("");
    }

    /** Returns the body, no longer in base64. */
    byte[] body() {
      boolean text = contentType().startsWith("application/grpc-web-text");
      return text ? unbase64(http.body()) : http.body();
    }

    String text() {
      return new String(http.body(), StandardCharsets.UTF_8).strip();
    }

    List<String> messages() throws IOException {
      List<String> messages = new ArrayList<>();
      for (byte[] payload : payloads(0)) {
        messages.add(RealtimePushResponse.parseFrom(payload).getData());
      }
      return messages;
    }

    /** Returns the value of a trailer, empty if it is absent. */
    String trailer(String name) {
      return payloads(0x80).stream()
          .flatMap(block -> new String(block, StandardCharsets.US_ASCII).lines())
          .filter(line -> line.startsWith(name + ": "))
          .map(line -> line.substring(name.length() + 2))
          .findFirst()
          .orElse("");
    }

    private List<byte[]> payloads(int flags) {
      List<byte[]> payloads = new ArrayList<>();
      ByteBuffer rest = ByteBuffer.wrap(body());
      while (rest.hasRemaining()) {
        boolean wanted = rest.get() == (byte) flags;
        byte[] payload = new byte[rest.getInt()];
        rest.get(payload);
        if (wanted) {
          payloads.add(payload);
        }
      }
      return payloads;
    }
  }
}

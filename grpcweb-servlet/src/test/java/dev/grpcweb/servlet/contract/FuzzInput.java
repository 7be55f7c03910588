// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One request of the fuzzer.
 *
 * @param fields names and values, a name may come twice
 * @param chunks the sizes of the chunks, used in turn; none for a counted body
 * @param delivery how it is sent
 * @param raw what is sent instead, if the delivery is {@link Delivery#RAW}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FuzzInput(
    String method,
    String path,
    List<Map.Entry<String, String>> fields,
    byte[] body,
    List<Integer> chunks,
    Delivery delivery,
    byte[] raw) {

  /** What HTTP is to make of it. */
  enum Delivery {
    /** A request that HTTP understands: it has to be answered. */
    WHOLE,
    /** Bytes, followed by the end of what the client sends. */
    RAW,
    /** The beginning of a request, after which the client is gone. */
    CUT
  }

  private static final Set<String> HTTP_1_ONLY =
      Set.of("connection", "expect", "te", "transfer-encoding", "content-length", "host");

  /** Returns the request that HTTP/1.1 has so; its body is counted. */
  static FuzzInput parse(byte[] http1) {
    String all = new String(http1, StandardCharsets.ISO_8859_1);
    int end = all.indexOf("\r\n\r\n");
    String[] lines = all.substring(0, end).split("\r\n", -1);
    String[] target = lines[0].split(" ", -1);
    List<Map.Entry<String, String>> fields = new ArrayList<>();
    for (String line : List.of(lines).subList(1, lines.length)) {
      int colon = line.indexOf(':');
      fields.add(Map.entry(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    byte[] body = Arrays.copyOfRange(http1, end + 4, http1.length);
    return new FuzzInput(
        target[0], target[1], fields, body, List.of(), Delivery.WHOLE, new byte[0]);
  }

  FuzzInput withBody(byte[] changed) {
    return new FuzzInput(method, path, fields, changed, chunks, delivery, raw);
  }

  FuzzInput withPath(String verb, String changed) {
    return new FuzzInput(verb, changed, fields, body, chunks, delivery, raw);
  }

  FuzzInput withFields(List<Map.Entry<String, String>> changed) {
    return new FuzzInput(method, path, changed, body, chunks, delivery, raw);
  }

  FuzzInput withChunks(List<Integer> sizes) {
    return new FuzzInput(method, path, fields, body, sizes, delivery, raw);
  }

  /** Adds a field whose name no input has. */
  FuzzInput withField(String name, String value) {
    List<Map.Entry<String, String>> more = fieldsToChange();
    more.add(Map.entry(name, value));
    return withFields(more);
  }

  FuzzInput sentAs(Delivery how, byte[] bytes) {
    return new FuzzInput(method, path, fields, body, chunks, how, bytes);
  }

  /** Returns whether the body is base64. */
  boolean isText() {
    return fields.stream().anyMatch(field -> field.getValue().contains("grpc-web-text"));
  }

  /** Returns what goes over the socket by HTTP/1.1. */
  byte[] bytes() {
    return delivery == Delivery.WHOLE ? http1() : raw;
  }

  /** Returns the request as HTTP/1.1 has it. */
  byte[] http1() {
    StringBuilder head =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    fields.forEach(
        field -> head.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n"));
    head.append(chunks.isEmpty() ? "Content-Length: " + body.length : "Transfer-Encoding: chunked");
    head.append("\r\n\r\n");
    ByteArrayOutputStream all = new ByteArrayOutputStream(head.length() + body.length + 64);
    all.writeBytes(Format.ascii(head.toString()));
    if (chunks.isEmpty()) {
      all.writeBytes(body);
      return all.toByteArray();
    }
    int turn = 0;
    for (int at = 0; at < body.length; ) {
      int size = Math.min(chunks.get(turn++ % chunks.size()), body.length - at);
      all.writeBytes(Format.ascii(Integer.toHexString(size) + "\r\n"));
      all.write(body, at, size);
      all.writeBytes(Format.ascii("\r\n"));
      at += size;
    }
    all.writeBytes(Format.ascii("0\r\n\r\n"));
    return all.toByteArray();
  }

  /** Returns the fields that HTTP/2 can carry, each name once. */
  Map<String, String> http2Fields() {
    Map<String, String> carried = new TreeMap<>();
    for (Map.Entry<String, String> field : fields) {
      String name = field.getKey().toLowerCase(Locale.ROOT);
      if (!HTTP_1_ONLY.contains(name)) {
        carried.merge(name, field.getValue().strip(), (a, b) -> a + "," + b);
      }
    }
    return carried;
  }

  List<Map.Entry<String, String>> fieldsToChange() {
    return new ArrayList<>(fields);
  }
}

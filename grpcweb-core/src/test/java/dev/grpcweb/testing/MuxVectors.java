// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The records of {@code mux-messages.txt}, whose head says what its lines mean. */
public final class MuxVectors {
  /** One record: all values of each key. */
  public record Vector(Map<String, List<String>> lines) {
    public boolean has(String key) {
      return lines.containsKey(key);
    }

    /** Returns the one value of a key. */
    public String get(String key) {
      List<String> values = all(key);
      if (values.size() != 1) {
        throw new AssertionError("expected one " + key + ", got " + values + " in " + this);
      }
      return values.get(0);
    }

    /** Returns the values of a key, in their order. */
    public List<String> all(String key) {
      return lines.getOrDefault(key, List.of());
    }

    public int number(String key) {
      return Integer.parseInt(get(key));
    }

    /** Returns the message. */
    public byte[] bytes() {
      return Hex.bytes(get("hex"));
    }

    @Override
    public String toString() {
      return all("name").toString();
    }
  }

  private MuxVectors() {}

  /** Returns the messages of one end, {@code client} or {@code server}. */
  public static List<Vector> from(String end) {
    return read().stream().filter(vector -> vector.get("from").equals(end)).toList();
  }

  private static List<Vector> read() {
    List<Vector> vectors = new ArrayList<>();
    Map<String, List<String>> lines = new LinkedHashMap<>();
    for (String line : (text() + "\n\n").lines().toList()) {
      if (line.isEmpty() && !lines.isEmpty()) {
        vectors.add(new Vector(lines));
        lines = new LinkedHashMap<>();
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        String[] parts = line.split(": ?", 2);
        lines.computeIfAbsent(parts[0], key -> new ArrayList<>()).add(parts[1]);
      }
    }
    return vectors;
  }

  private static String text() {
    try (InputStream file = MuxVectors.class.getResourceAsStream("/mux-messages.txt")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * HTTP header fields in their order, names in lower case. A name may occur more than once.
 *
 * <p>Not thread-safe: filled by one thread, then only read.
 */
public final class Headers {
  private final List<String> namesAndValues = new ArrayList<>();

  /** Creates an empty list of fields. */
  public Headers() {}

  /**
   * Appends a field.
   *
   * @param name in any case; kept in lower case
   * @param value as it is on the wire
   * @return this
   */
  public Headers add(String name, String value) {
    namesAndValues.add(name.toLowerCase(Locale.ROOT));
    namesAndValues.add(value);
    return this;
  }

  /** Returns the first value of the field with this lower-case name, or null if there is none. */
  public @Nullable String get(String name) {
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      if (namesAndValues.get(i).equals(name)) {
        return namesAndValues.get(i + 1);
      }
    }
    return null;
  }

  /** Returns all values of the field with this lower-case name, in their order. */
  public List<String> getAll(String name) {
    List<String> values = new ArrayList<>();
    forEach(
        (n, v) -> {
          if (n.equals(name)) {
            values.add(v);
          }
        });
    return values;
  }

  /** Passes each name and value in their order. */
  public void forEach(BiConsumer<? super String, ? super String> action) {
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      action.accept(namesAndValues.get(i), namesAndValues.get(i + 1));
    }
  }

  /** Returns the number of fields. */
  public int size() {
    return namesAndValues.size() / 2;
  }

  /** Returns whether there is no field. */
  public boolean isEmpty() {
    return namesAndValues.isEmpty();
  }

  /** Returns the fields, one {@code name: value} a line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    return text.toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import java.util.Iterator;
import java.util.List;

/**
 * The words of a command line, one after the other. What is wrong with one is an {@link
 * IllegalArgumentException} that names it. For one thread.
 */
public final class CommandLine {

  private final Iterator<String> words;
  private String last = "";

  public CommandLine(String... args) {
    this.words = List.of(args).iterator();
  }

  public boolean hasNext() {
    return words.hasNext();
  }

  /** The next word: a command, or an option whose value is asked for next. */
  public String next() {
    last = words.next();
    return last;
  }

  /** The value of the option that came last. */
  public String value() {
    if (!words.hasNext()) {
      throw new IllegalArgumentException(last + " takes a value");
    }
    return words.next();
  }

  /** The value of the option that came last, from 0 to {@code most}. */
  public int number(int most) {
    String text = value();
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, with the option's name.
    }
    throw new IllegalArgumentException(
        last + " takes a number from 0 to " + most + ", not " + text);
  }
}

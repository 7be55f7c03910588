// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What the command line of {@link ExampleServer} says.
 *
 * @param port to listen on, 0 for a free one
 * @param plan what the chat service pushes
 * @param allowedOrigins pages of other origins that may call
 */
record ExampleOptions(int port, PushPlan plan, List<String> allowedOrigins) {

  static final String USAGE =
      """
      options:
        --port PORT            to listen on, 0 for a free one; default 8080
        --period-ms MILLIS     between two messages of a push; default 2000
        --count COUNT          of messages in a push; default 100
        --allow-origin ORIGIN  whose pages may call too; may be repeated
      """;

  ExampleOptions {
    allowedOrigins = List.copyOf(allowedOrigins);
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException that names the word at fault
   */
  static ExampleOptions parse(String... args) {
    int port = 8080;
    Duration period = PushPlan.DEFAULT.period();
    int count = PushPlan.DEFAULT.count();
    List<String> origins = new ArrayList<>();
    for (Iterator<String> words = List.of(args).iterator(); words.hasNext(); ) {
      String option = words.next();
      switch (option) {
        case "--port" -> port = number(option, words, 65535);
        case "--period-ms" -> period = Duration.ofMillis(number(option, words, Integer.MAX_VALUE));
        case "--count" -> count = number(option, words, Integer.MAX_VALUE);
        case "--allow-origin" -> origins.add(value(option, words));
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    return new ExampleOptions(port, new PushPlan(period, count), origins);
  }

  private static int number(String option, Iterator<String> words, int most) {
    String text = value(option, words);
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, with the option's name.
    }
    throw new IllegalArgumentException(
        option + " takes a number from 0 to " + most + ", not " + text);
  }

  private static String value(String option, Iterator<String> words) {
    if (!words.hasNext()) {
      throw new IllegalArgumentException(option + " takes a value");
    }
    return words.next();
  }
}

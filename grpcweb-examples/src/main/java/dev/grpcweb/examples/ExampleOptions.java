// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line of {@link ExampleServer} says.
 *
 * @param port to listen on, 0 for a free one
 * @param plan what the chat service pushes
 * @param maxMessageBytes of a message that a client sends
 * @param allowedOrigins pages of other origins that may call
 * @param keyStore holds the key for TLS; null for none
 */
record ExampleOptions(
    int port,
    PushPlan plan,
    int maxMessageBytes,
    List<String> allowedOrigins,
    @Nullable Path keyStore) {

  /** More than the four megabytes that gRPC takes by default. */
  static final int MAX_MESSAGE_BYTES = 16 << 20;

  static final String USAGE =
      """
      options:
        --port PORT                to listen on, 0 for a free one; default 8080
        --period-ms MILLIS         between two messages of a push; default 2000
        --count COUNT              of messages in a push; default 100
        --max-message-bytes BYTES  of a message that a client sends; default 16777216
        --allow-origin ORIGIN      whose pages may call too; may be repeated
        --keystore FILE            with a key for TLS and the password changeit; default no TLS
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
    int maxMessageBytes = MAX_MESSAGE_BYTES;
    List<String> origins = new ArrayList<>();
    Path keyStore = null;
    for (CommandLine words = new CommandLine(args); words.hasNext(); ) {
      String option = words.next();
      switch (option) {
        case "--port" -> port = words.number(65535);
        case "--period-ms" -> period = Duration.ofMillis(words.number(Integer.MAX_VALUE));
        case "--count" -> count = words.number(Integer.MAX_VALUE);
        case "--max-message-bytes" -> maxMessageBytes = words.number(Integer.MAX_VALUE);
        case "--allow-origin" -> origins.add(words.value());
        case "--keystore" -> keyStore = Path.of(words.value());
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    return new ExampleOptions(
        port, new PushPlan(period, count), maxMessageBytes, origins, keyStore);
  }
}

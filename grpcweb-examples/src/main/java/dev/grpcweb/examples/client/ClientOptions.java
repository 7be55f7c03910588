// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import dev.grpcweb.examples.CommandLine;
import java.time.Duration;
import java.util.Locale;

/**
 * What the command line of {@link GreeterClient} says.
 *
 * @param command to perform
 * @param target host and port of the server
 * @param count of messages
 * @param interval between two messages that the client sends
 * @param deadline of the command {@link Command#DEADLINE}
 * @param bytes of a large greeting
 * @param maxMessageBytes of a message that the server sends
 */
record ClientOptions(
    Command command,
    String target,
    int count,
    Duration interval,
    Duration deadline,
    int bytes,
    int maxMessageBytes) {

  static final String USAGE =
      """
      commands:
        chat       sends messages and receives their answers at the same time
        collect    sends messages, half-closes and receives one answer
        deadline   is a chat that its deadline ends
        reconnect  is a chat that outlives its server
        gzip       sends and receives a compressed message
        large      sends and receives a message of some megabytes
        push       receives what the server says of its own accord
      options:
        --target HOST:PORT         default localhost:8080
        --count COUNT              of messages; default 5
        --interval-ms MILLIS       between two messages; default 1000
        --deadline-ms MILLIS       of deadline; default 2500
        --bytes BYTES              of the message of large; default 6000000
        --max-message-bytes BYTES  that a message from the server may have; default 16777216
      """;

  /** What the client can do. */
  enum Command {
    CHAT,
    COLLECT,
    DEADLINE,
    RECONNECT,
    GZIP,
    LARGE,
    PUSH;

    private static Command named(String name) {
      for (Command command : values()) {
        if (command.name().toLowerCase(Locale.ROOT).equals(name)) {
          return command;
        }
      }
      throw new IllegalArgumentException("unknown command " + name);
    }
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException that names the word at fault
   */
  static ClientOptions parse(String... args) {
    CommandLine words = new CommandLine(args);
    if (!words.hasNext()) {
      throw new IllegalArgumentException("a command is missing");
    }
    Command command = Command.named(words.next());
    String target = "localhost:8080";
    int count = 5;
    int intervalMillis = 1000;
    int deadlineMillis = 2500;
    int bytes = 6_000_000;
    int maxMessageBytes = 16 << 20;
    while (words.hasNext()) {
      String option = words.next();
      switch (option) {
        case "--target" -> target = words.value();
        case "--count" -> count = words.number(Integer.MAX_VALUE);
        case "--interval-ms" -> intervalMillis = words.number(Integer.MAX_VALUE);
        case "--deadline-ms" -> deadlineMillis = words.number(Integer.MAX_VALUE);
        case "--bytes" -> bytes = words.number(Integer.MAX_VALUE);
        case "--max-message-bytes" -> maxMessageBytes = words.number(Integer.MAX_VALUE);
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    return new ClientOptions(
        command,
        target,
        count,
        Duration.ofMillis(intervalMillis),
        Duration.ofMillis(deadlineMillis),
        bytes,
        maxMessageBytes);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.grpcweb.examples.client.ClientOptions.Command;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ClientOptionsTest {

  @ParameterizedTest
  @EnumSource
  void everyCommandHasItsNameAndStandsInTheUsage(Command command) {
    String name = command.name().toLowerCase(Locale.ROOT);

    assertThat(ClientOptions.parse(name).command()).isEqualTo(command);
    assertThat(ClientOptions.USAGE).containsPattern("(?m)^  " + name + " ");
  }

  @Test
  void withoutOptionsItIsFiveMessagesASecondApart() {
    assertThat(ClientOptions.parse("chat"))
        .isEqualTo(
            new ClientOptions(
                Command.CHAT,
                "localhost:8080",
                5,
                Duration.ofSeconds(1),
                Duration.ofMillis(2500),
                6_000_000,
                16 << 20));
  }

  @Test
  void everyOptionIsTaken() {
    String line =
        "large --target a:1 --count 2 --interval-ms 3 --deadline-ms 4 --bytes 5"
            + " --max-message-bytes 6";
    assertThat(ClientOptions.parse(line.split(" ", -1)))
        .isEqualTo(
            new ClientOptions(
                Command.LARGE, "a:1", 2, Duration.ofMillis(3), Duration.ofMillis(4), 5, 6));
  }

  @ParameterizedTest
  @CsvSource({
    "sing,             unknown command sing",
    "CHAT,             unknown command CHAT",
    "chat loud,        unknown option loud",
    "chat --count,     --count takes a value",
    "chat --count 1.5, '--count takes a number from 0 to 2147483647, not 1.5'",
  })
  void aWordAtFaultIsNamed(String line, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClientOptions.parse(line.split(" ", -1)))
        .withMessage(message);
  }

  @Test
  void aCommandIsNeeded() {
    assertThatIllegalArgumentException()
        .isThrownBy(ClientOptions::parse)
        .withMessage("a command is missing");
  }
}

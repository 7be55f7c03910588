// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleOptionsTest {

  @Test
  void withoutWordsItIsPort8080AndTheDefaultPlanAndNoOtherOrigin() {
    assertThat(ExampleOptions.parse())
        .isEqualTo(new ExampleOptions(8080, PushPlan.DEFAULT, 16 << 20, List.of(), null));
  }

  @Test
  void everyOptionIsTaken() {
    ExampleOptions options =
        ExampleOptions.parse(
            ("--port 0 --period-ms 150 --count 7 --max-message-bytes 99"
                    + " --allow-origin http://a --allow-origin http://b --keystore a/b.p12")
                .split(" ", -1));

    assertThat(options)
        .isEqualTo(
            new ExampleOptions(
                0,
                new PushPlan(Duration.ofMillis(150), 7),
                99,
                List.of("http://a", "http://b"),
                Path.of("a/b.p12")));
  }

  @ParameterizedTest
  @CsvSource({
    "--speed 3,        unknown option --speed",
    "--port,           --port takes a value",
    "--port 65536,     '--port takes a number from 0 to 65535, not 65536'",
    "--port -1,        '--port takes a number from 0 to 65535, not -1'",
    "--count many,     '--count takes a number from 0 to 2147483647, not many'",
    "--period-ms 1.5,  '--period-ms takes a number from 0 to 2147483647, not 1.5'",
  })
  void aWordAtFaultIsNamed(String line, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExampleOptions.parse(line.split(" ", -1)))
        .withMessage(message);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.examples.ExampleServer;
import dev.grpcweb.examples.client.GreeterClient;
import dev.grpcweb.examples.client.HeldPort;
import dev.grpcweb.examples.client.Pacing;
import dev.grpcweb.examples.client.Transcript;
import dev.grpcweb.examples.docs.Markdown.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of docs/greeter.md, each against the example server and with what it prints. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
final class GreeterPageTest {
  private static final Markdown PAGE = Markdown.of("docs/greeter.md");
  private static final Pattern COMMAND =
      Pattern.compile("mvn -q -pl grpcweb-examples -am -Pclient compile -Dexec.args=\"([^\"]+)\"");

  /** Where the page shows less than the client prints. */
  private static final String ANYTHING = "…";

  private final Transcript transcript = new Transcript();
  private HeldPort port;
  private ExampleServer server;

  @BeforeEach
  void start() throws Exception {
    port = new HeldPort();
    startServer();
  }

  private void startServer() {
    try {
      String number = String.valueOf(port.number());
      server = ExampleServer.start("--port", number, "--period-ms", "1", "--count", "1000000");
    } catch (Exception e) {
      throw new IllegalStateException("the server did not start", e);
    }
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    port.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat", "gzip", "large", "large-reply", "large-request", "push"})
  void aCommandPrintsWhatThePageShows(String command) throws Exception {
    run(transcript, arguments(command));
    assertPrinted(output(command));
  }

  @Test
  void aCollectionIsAnsweredAtItsEnd() throws Exception {
    run((time, over) -> {}, arguments("collect"));
    assertPrinted(output("collect"));
  }

  @Test
  void theDeadlineEndsTheChatWhereverItIs() throws Exception {
    List<String> arguments = arguments("deadline");
    arguments.addAll(List.of("--deadline-ms", "300"));
    run((time, over) -> over.join(), arguments);

    List<String> shown = output("deadline").lines().toList();
    String last = shown.get(shown.size() - 1);
    assertThat(transcript.last()).startsWith(last.substring(0, last.indexOf(ANYTHING)));
    assertThat(shown).containsAll(transcript.lines().subList(0, transcript.lines().size() - 1));
  }

  @Test
  void aChatOutlivesItsServer() throws Exception {
    Pacing restart =
        (time, over) -> {
          transcript.pause(time, over);
          switch (transcript.pauses().size()) {
            case 2 -> {
              server.close();
              over.join();
            }
            case 4 -> startServer();
            default -> {}
          }
        };
    run(restart, arguments("reconnect"));
    assertPrinted(output("reconnect"));
  }

  private void run(Pacing pacing, List<String> arguments) throws Exception {
    List<String> words = new ArrayList<>(arguments);
    words.addAll(List.of("--target", "localhost:" + port.number()));
    GreeterClient.run(pacing, transcript, words.toArray(String[]::new));
  }

  private void assertPrinted(String output) {
    String pattern = Pattern.quote(output).replace(ANYTHING, "\\E.*\\Q");
    String printed = String.join("\n", transcript.lines());
    assertThat(printed).matches(Pattern.compile(pattern, Pattern.DOTALL));
  }

  private static List<String> arguments(String command) {
    Matcher matcher = COMMAND.matcher(PAGE.block(command).text());
    assertThat(matcher.matches()).as(command).isTrue();
    return new ArrayList<>(List.of(matcher.group(1).split(" ", -1)));
  }

  /** Returns the block that follows the command's. */
  private static String output(String command) {
    List<Block> blocks = PAGE.blocks();
    return blocks.get(blocks.indexOf(PAGE.block(command)) + 1).text();
  }
}

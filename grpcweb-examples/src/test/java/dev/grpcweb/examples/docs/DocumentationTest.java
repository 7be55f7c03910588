// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.examples.docs.Markdown.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents show is what tests run, and what they name is there. */
final class DocumentationTest {
  private static final Set<String> RUN = Set.of("java", "js", "xml");
  private static final Set<String> DECODED = Set.of("hex", "base64");
  private static final Pattern TYPE = Pattern.compile("[A-Z]\\w*[a-z]\\w*(\\.[A-Z]\\w+)*");

  /** Folders of the repository: a name in code that begins with one of them is a file. */
  private static final Set<String> FOLDERS =
      Set.of(
          ".ci",
          "conformance",
          "docs",
          "integration",
          "js",
          "proto",
          "grpcweb-core",
          "grpcweb-servlet",
          "grpcweb-examples");

  private static final List<String> PACKAGES =
      List.of(
          "java.lang.",
          "java.util.concurrent.",
          "java.util.concurrent.locks.",
          "java.time.",
          "io.grpc.",
          "io.grpc.stub.",
          "jakarta.servlet.",
          "jakarta.servlet.http.",
          "org.eclipse.jetty.server.",
          "org.eclipse.jetty.http2.",
          "org.eclipse.jetty.http2.server.",
          "org.eclipse.jetty.ee10.servlet.");

  @Test
  void everyExampleIsTheTextThatATestRuns() throws IOException {
    Map<String, String> sources = snippets();
    for (Block block : blocks(RUN)) {
      assertThat(block.mark()).as("the snippet mark of %s", block).isNotEmpty();
      if (block.language().equals("xml")) {
        assertThat(testSources()).as("tests of %s", block).contains('"' + block.mark() + '"');
      } else {
        assertThat(sources).as("tests of %s", block).containsKey(block.mark());
        assertThat(bare(block.text()))
            .as("%s, as the test has it", block)
            .isEqualTo(sources.get(block.mark()));
      }
    }
  }

  @Test
  void everySnippetOfATestIsInADocument() throws IOException {
    List<String> shown = blocks(RUN).stream().map(Block::mark).toList();
    assertThat(shown).containsAll(snippets().keySet()).doesNotHaveDuplicates();
  }

  @Test
  void everyByteExampleIsDecodedByATest() throws IOException {
    for (Block block : blocks(DECODED)) {
      assertThat(block.mark()).as("the bytes mark of %s", block).isNotEmpty();
      assertThat(testSources()).as("tests of %s", block).contains('"' + block.mark() + '"');
    }
  }

  /** The commands of the README are run by {@code .ci/run}, the others by tests. */
  @Test
  void everyCommandIsRun() throws IOException {
    for (Block block : blocks(Set.of("sh"))) {
      if (!block.file().equals(Path.of("README.md"))) {
        assertThat(block.mark()).as("the command mark of %s", block).isNotEmpty();
        assertThat(testSources()).as("tests of %s", block).contains('"' + block.mark() + '"');
      }
    }
    List<Block> ofReadme = Markdown.of("README.md").blocks();
    assertThat(ofReadme).filteredOn(block -> block.language().equals("sh")).hasSize(2);
  }

  /** What a proxy is told is taken from the page by what runs one. */
  @Test
  void everyConfigurationOfAProxyIsRun() throws IOException {
    String run = Files.readString(Markdown.ROOT.resolve("integration/proxy/run"));
    assertThat(blocks(Set.of("nginx"))).isNotEmpty();
    for (Block block : blocks(Set.of("nginx"))) {
      assertThat(run).as("%s", block).contains("configuration " + block.mark() + " ");
    }
  }

  @Test
  void everyLinkLeadsSomewhere() {
    for (Markdown document : Markdown.all()) {
      for (String link : document.links()) {
        if (!link.contains("://")) {
          assertLeadsSomewhere(document, link);
        }
      }
    }
  }

  private static void assertLeadsSomewhere(Markdown document, String link) {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target =
        path.isEmpty()
            ? document.file()
            : Markdown.ROOT.relativize(
                Markdown.ROOT.resolve(document.file()).resolveSibling(path).normalize());
    assertThat(Markdown.ROOT.resolve(target)).as("%s: %s", document.file(), link).exists();
    if (hash >= 0) {
      assertThat(Markdown.of(target.toString()).anchors())
          .as("%s: %s", document.file(), link)
          .contains(link.substring(hash + 1));
    }
  }

  @Test
  void everyFileNamedIsThere() {
    for (Markdown document : Markdown.all()) {
      for (String code : document.code()) {
        String path = code.split(" ", -1)[0];
        int slash = path.indexOf('/');
        if (slash > 0 && FOLDERS.contains(path.substring(0, slash))) {
          assertThat(Markdown.ROOT.resolve(path)).as("%s: %s", document.file(), code).exists();
        }
      }
    }
  }

  @Test
  void everyTypeNamedIsThere() throws IOException {
    Set<String> own = ownTypes();
    for (String page : List.of("docs/architecture.md", "docs/concurrency.md")) {
      for (String code : Markdown.of(page).code()) {
        if (TYPE.matcher(code).matches()) {
          String type = code.substring(code.lastIndexOf('.') + 1);
          assertThat(own.contains(type) || isOnTheClassPath(code))
              .as("%s names %s, and there is such a type", page, code)
              .isTrue();
        }
      }
    }
  }

  @Test
  void readmeShowsCodeByLineTen() {
    Markdown readme = Markdown.of("README.md");
    assertThat(readme.block("mount").line()).isLessThan(8);
  }

  @Test
  void everyDocumentIsShort() {
    assertThat(Markdown.of("README.md").lines()).hasSizeLessThanOrEqualTo(120);
    for (Markdown document : Markdown.all()) {
      assertThat(document.lines()).as("%s", document.file()).hasSizeLessThanOrEqualTo(150);
    }
  }

  @Test
  void runAndTestHaveOneCommandEach() {
    Markdown readme = Markdown.of("README.md");
    assertThat(commands(readme, "## Run"))
        .containsExactly("mvn -q -pl grpcweb-examples -am -Prun compile");
    assertThat(commands(readme, "## Test")).containsExactly("mvn verify");
  }

  private static List<String> commands(Markdown readme, String heading) {
    int from = readme.lines().indexOf(heading);
    int next = from + 1;
    while (!readme.lines().get(next).startsWith("## ")) {
      next++;
    }
    return new Markdown(readme.file(), readme.lines().subList(from, next))
        .blocks().stream()
            .filter(block -> block.language().equals("sh"))
            .flatMap(block -> block.text().lines())
            .toList();
  }

  private static List<Block> blocks(Set<String> languages) {
    return Markdown.all().stream()
        .flatMap(document -> document.blocks().stream())
        .filter(block -> languages.contains(block.language()))
        .toList();
  }

  /** Returns the texts between {@code // snippet: name} and {@code // end} by their names. */
  private static Map<String, String> snippets() throws IOException {
    Map<String, String> snippets = new HashMap<>();
    for (Path source : snippetSources()) {
      String name = "";
      List<String> text = new ArrayList<>();
      for (String line : Files.readAllLines(source)) {
        String stripped = line.strip();
        if (stripped.startsWith("// snippet: ")) {
          name = stripped.substring("// snippet: ".length());
          text.clear();
        } else if (stripped.equals("// end")) {
          assertThat(snippets.put(name, bare(String.join("\n", text))))
              .as("a second snippet %s in %s", name, source)
              .isNull();
        } else {
          text.add(line);
        }
      }
    }
    return snippets;
  }

  private static List<Path> snippetSources() throws IOException {
    List<Path> sources = new ArrayList<>(testFiles());
    sources.add(Markdown.ROOT.resolve("js/test/readme.test.js"));
    for (String site : List.of("tomcat-11/TomcatSite", "undertow/UndertowSite")) {
      String file = site.replace("/", "/src/test/java/dev/grpcweb/containers/") + ".java";
      sources.add(Markdown.ROOT.resolve("integration/containers").resolve(file));
    }
    return sources;
  }

  private static String testSources() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path source : testFiles()) {
      all.append(Files.readString(source));
    }
    return all.toString();
  }

  private static List<Path> testFiles() throws IOException {
    Path tests = Markdown.ROOT.resolve("grpcweb-examples/src/test/java/dev/grpcweb/examples/docs");
    try (Stream<Path> files = Files.list(tests)) {
      return files.filter(file -> !file.endsWith("DocumentationTest.java")).toList();
    }
  }

  /** Returns the text without white space: a page breaks its lines in its own way. */
  private static String bare(String text) {
    return text.replaceAll("\\s", "");
  }

  private static Set<String> ownTypes() throws IOException {
    Set<String> types = new HashSet<>();
    for (String module : List.of("grpcweb-core", "grpcweb-servlet", "grpcweb-examples")) {
      try (Stream<Path> files = Files.walk(Markdown.ROOT.resolve(module).resolve("src"))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".java"))
            .forEach(name -> types.add(name.replace(".java", "")));
      }
    }
    return types;
  }

  private static boolean isOnTheClassPath(String type) {
    for (String prefix : PACKAGES) {
      try {
        Class<?> found =
            Class.forName(
                prefix + type.replace('.', '$'), false, DocumentationTest.class.getClassLoader());
        return !found.getName().isEmpty();
      } catch (ClassNotFoundException e) {
        // Not in this package; the next one may have it.
      }
    }
    return false;
  }
}

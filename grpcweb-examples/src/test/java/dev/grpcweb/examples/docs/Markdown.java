// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A document of the repository: its fenced blocks, tables, links, headings and names in code. */
record Markdown(Path file, List<String> lines) {
  /** The root of the repository. */
  static final Path ROOT = root();

  private static final Pattern MARK =
      Pattern.compile("<!-- (?:snippet|bytes|command|config): ([\\w-]+) -->");
  private static final Pattern FENCE = Pattern.compile("```(\\w*)");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** A fenced block; its mark is the comment in the line above, empty if there is none. */
  record Block(Path file, int line, String language, String mark, String text) {
    @Override
    public String toString() {
      return file + ":" + line + " (" + language + ")";
    }
  }

  static Markdown of(String name) {
    Path path = ROOT.resolve(name);
    try {
      return new Markdown(ROOT.relativize(path), Files.readAllLines(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the documents that this package looks after. */
  static List<Markdown> all() {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      Stream<String> pages =
          docs.filter(path -> path.toString().endsWith(".md"))
              .map(path -> ROOT.relativize(path).toString());
      return Stream.concat(Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md"), pages)
          .map(Markdown::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher fence = FENCE.matcher(lines.get(i));
      if (fence.matches()) {
        Matcher mark = MARK.matcher(i == 0 ? "" : lines.get(i - 1));
        int end = i + 1;
        while (!lines.get(end).equals("```")) {
          end++;
        }
        String text = String.join("\n", lines.subList(i + 1, end));
        blocks.add(
            new Block(file, i + 1, fence.group(1), mark.matches() ? mark.group(1) : "", text));
        i = end;
      }
    }
    return blocks;
  }

  Block block(String mark) {
    List<Block> found = blocks().stream().filter(block -> block.mark().equals(mark)).toList();
    if (found.size() != 1) {
      throw new AssertionError(
          file + ": expected one block marked " + mark + ", got " + found.size());
    }
    return found.get(0);
  }

  /** Returns the cells of the table with this heading line, without its heading. */
  List<List<String>> table(String heading) {
    int at = lines.indexOf(heading);
    if (at < 0) {
      throw new AssertionError(file + " has no table " + heading);
    }
    return lines.stream()
        .skip(at + 2L)
        .takeWhile(line -> line.startsWith("|"))
        .map(Markdown::cells)
        .toList();
  }

  private static List<String> cells(String row) {
    String inner = row.substring(1, row.lastIndexOf('|'));
    return Stream.of(inner.split("\\|", -1)).map(String::trim).toList();
  }

  /** Returns the targets of links, addresses on the web included. */
  List<String> links() {
    return matches(LINK);
  }

  /** Returns what stands between backticks in the text. */
  List<String> code() {
    return matches(CODE);
  }

  private List<String> matches(Pattern pattern) {
    List<String> found = new ArrayList<>();
    boolean text = true;
    for (String line : lines) {
      if (line.startsWith("```")) {
        text = !text;
      } else if (text) {
        pattern.matcher(line).results().forEach(match -> found.add(match.group(1)));
      }
    }
    return found;
  }

  /** Returns the names by which links reach the headings. */
  List<String> anchors() {
    return lines.stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\w -]", "").replace(' ', '-'))
        .collect(Collectors.toList());
  }

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("CONTRIBUTING.md"))) {
      Path parent = at.getParent();
      if (parent == null) {
        throw new IllegalStateException("not inside the repository: " + Path.of(""));
      }
      at = parent;
    }
    return at;
  }
}

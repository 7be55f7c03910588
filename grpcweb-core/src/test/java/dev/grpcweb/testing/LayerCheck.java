// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds forbidden dependencies in the sources of a module: in imports and in qualified names, but
 * not in comments and strings, as Javadoc may speak of anything.
 *
 * <p>Not thread-safe.
 */
public final class LayerCheck {
  private static final Pattern COMMENT_OR_STRING =
      Pattern.compile(
          "(?s)\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\])*+\"|'(?:\\\\.|[^'\\\\])*+'"
              + "|//[^\\n]*|/\\*.*?\\*/");
  private static final Pattern PACKAGE_LINE = Pattern.compile("\\bpackage\\s+[\\w.]+\\s*;");
  private static final Pattern QUALIFIED_NAME =
      Pattern.compile("\\b[a-z]\\w*(?:\\s*\\.\\s*\\w+)+(?:\\s*\\.\\s*\\*)?");

  private record Rule(String inPackage, Pattern name) {}

  private record Allowance(String file, String name) {}

  private final Path sources;
  private final List<Rule> rules = new ArrayList<>();
  private final List<Allowance> allowances = new ArrayList<>();

  /**
   * Creates a check without rules.
   *
   * @param sources the directory that holds the top packages
   */
  public LayerCheck(Path sources) {
    this.sources = sources;
  }

  /**
   * Forbids names in a package and those below it.
   *
   * @param inPackage empty for all packages
   * @param name a regular expression of the whole name; an import of all types ends with {@code .*}
   */
  public LayerCheck forbid(String inPackage, String name) {
    rules.add(new Rule(inPackage, Pattern.compile(name)));
    return this;
  }

  /**
   * Lets one file use one type whatever the rules say. It is a violation if it no longer does.
   *
   * @param file relative to the sources, with slashes
   * @param type its qualified name
   */
  public LayerCheck allow(String file, String type) {
    allowances.add(new Allowance(file, type));
    return this;
  }

  /** Returns a line for each forbidden name in each file; empty if the layers are clean. */
  public List<String> violations() {
    Set<Allowance> unused = new HashSet<>(allowances);
    List<String> violations = new ArrayList<>();
    for (Path file : files()) {
      String path = sources.relativize(file).toString().replace('\\', '/');
      for (String name : namesUsedIn(file)) {
        if (isForbidden(path, name)) {
          Allowance allowance = allowanceFor(path, name);
          if (allowance == null) {
            violations.add(path + " uses " + name);
          } else {
            unused.remove(allowance);
          }
        }
      }
    }
    unused.forEach(e -> violations.add(e.file + " is allowed but does not use " + e.name));
    return violations;
  }

  private boolean isForbidden(String path, String name) {
    return rules.stream()
        .anyMatch(
            rule ->
                (path.startsWith(rule.inPackage.replace('.', '/') + "/")
                        || rule.inPackage.isEmpty())
                    && rule.name.matcher(name).matches());
  }

  private @Nullable Allowance allowanceFor(String path, String name) {
    return allowances.stream()
        .filter(e -> e.file.equals(path))
        .filter(e -> name.equals(e.name) || name.startsWith(e.name + "."))
        .findFirst()
        .orElse(null);
  }

  private List<Path> files() {
    try (Stream<Path> all = Files.walk(sources)) {
      return all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> namesUsedIn(Path file) {
    String code;
    try {
      code = COMMENT_OR_STRING.matcher(Files.readString(file)).replaceAll(" ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    code = PACKAGE_LINE.matcher(code).replaceFirst("");
    return QUALIFIED_NAME
        .matcher(code)
        .results()
        .map(MatchResult::group)
        .map(name -> name.replaceAll("\\s", ""))
        .distinct()
        .toList();
  }
}

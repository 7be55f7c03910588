// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerCheckTest {
  private final Path sources;
  private final LayerCheck check;

  LayerCheckTest(@TempDir Path sources) {
    this.sources = sources;
    check = new LayerCheck(sources).forbid("a.inner", "a\\.outer\\..*");
  }

  private void plant(String file, String code) throws IOException {
    Path path = sources.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, code);
  }

  @Test
  void anImportIsFound() throws IOException {
    plant("a/inner/X.java", "package a.inner;\nimport a.outer.Y;\nclass X {}\n");

    assertThat(check.violations()).containsExactly("a/inner/X.java uses a.outer.Y");
  }

  @Test
  void staticAndWildcardImportsAreFound() throws IOException {
    plant("a/inner/X.java", "import static a.outer.Y.z;\nimport a.outer.*;\n");

    assertThat(check.violations())
        .containsExactly("a/inner/X.java uses a.outer.Y.z", "a/inner/X.java uses a.outer.*");
  }

  @Test
  void aQualifiedNameIsFoundAlsoOverLines() throws IOException {
    plant("a/inner/below/X.java", "class X { Object y = new a .\n  outer\n  .Y(); }\n");

    assertThat(check.violations()).containsExactly("a/inner/below/X.java uses a.outer.Y");
  }

  @Test
  void commentsAndStringsAreNoUse() throws IOException {
    plant(
        "a/inner/X.java",
        """
        package a.inner;
        /** {@link a.outer.Y}, "not a string */
        class X { // a.outer.Y
          String s = "a.outer.Y \\" a.outer.Y";
          char c = '"'; /* a.outer.Y */ char d = '\\'';
        }
        """);

    assertThat(check.violations()).isEmpty();
  }

  @Test
  void codeBehindQuotesIsSeen() throws IOException {
    plant("a/inner/X.java", "char c = '\"'; a.outer.Y y; String s = \"//\"; a.outer.Z z; // \"\n");

    assertThat(check.violations())
        .containsExactly("a/inner/X.java uses a.outer.Y", "a/inner/X.java uses a.outer.Z");
  }

  @Test
  void otherPackagesMayUseTheName() throws IOException {
    plant("a/innermost/X.java", "import a.outer.Y;\n");
    plant("a/X.java", "import a.outer.Y;\n");
    plant("a/outer/Y.java", "package a.outer;\nimport b.a.outer.Y;\n");

    assertThat(check.violations()).isEmpty();
  }

  @Test
  void aRuleForAllPackagesCoversTheModuleDescriptor() throws IOException {
    plant("module-info.java", "module m { requires c.d; }\n");
    plant("a/X.java", "import c.d.Y;\n");

    assertThat(check.forbid("", "c\\.d(\\..*)?").violations())
        .containsExactly("a/X.java uses c.d.Y", "module-info.java uses c.d");
  }

  @Test
  void anAllowanceHoldsForItsFileAndItsType() throws IOException {
    plant("a/inner/X.java", "import a.outer.Y;\nimport static a.outer.Y.z;\n");
    plant("a/inner/V.java", "import a.outer.Y;\n");
    plant("a/inner/W.java", "import a.outer.Yy;\n");
    check.allow("a/inner/X.java", "a.outer.Y").allow("a/inner/W.java", "a.outer.Y");

    assertThat(check.violations())
        .containsExactly(
            "a/inner/V.java uses a.outer.Y",
            "a/inner/W.java uses a.outer.Yy",
            "a/inner/W.java is allowed but does not use a.outer.Y");
  }
}

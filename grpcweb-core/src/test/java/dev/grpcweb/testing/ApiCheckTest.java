// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

public class ApiCheckTest {
  private static final String FOREIGN = AssertionFailedError.class.getName();

  private static List<String> checked(Class<?> type) {
    return ApiCheck.foreignTypes(List.of(type));
  }

  private static String at(Class<?> type, String member) {
    return type.getName() + member + " names " + FOREIGN;
  }

  /** Its supertypes are foreign. */
  public static class Extends extends AssertionFailedError
      implements Supplier<List<AssertionFailedError>> {
    private static final long serialVersionUID = 1L;

    @Override
    public List<AssertionFailedError> get() {
      return List.of();
    }
  }

  /** Its members are foreign wherever a type can stand. */
  public abstract static class Members<T extends AssertionFailedError> {
    protected AssertionFailedError[][] field = {};

    protected Members(Map<String, ? super AssertionFailedError> argument) {}

    public abstract List<? extends AssertionFailedError>[] returned();

    protected abstract <E extends AssertionFailedError> void bounded(E argument);

    public abstract void thrown() throws AssertionFailedError;
  }

  /** Nobody outside sees what is foreign here. */
  public abstract static class Hidden<T extends Comparable<T>> implements Comparable<Hidden<T>> {
    AssertionFailedError field = new AssertionFailedError();

    Hidden(AssertionFailedError argument) {}

    abstract AssertionFailedError returned();

    public abstract int[] familiar(Map<String, io.grpc.Status[]> argument, T variable);
  }

  static class NotOffered {
    /** Inside what nobody can name. */
    public static class Inner {}
  }

  @Test
  void foreignSupertypesAreFound() {
    assertThat(checked(Extends.class))
        .containsExactly(at(Extends.class, ""), at(Extends.class, ".get"));
  }

  @Test
  void foreignMembersAreFound() {
    assertThat(checked(Members.class))
        .containsExactlyInAnyOrder(
            at(Members.class, ""),
            at(Members.class, ".field"),
            at(Members.class, "()"),
            at(Members.class, ".returned"),
            at(Members.class, ".bounded"),
            at(Members.class, ".thrown"));
  }

  @Test
  void whatIsHiddenMayBeForeign() {
    assertThat(checked(Hidden.class)).isEmpty();
  }

  @Test
  void onlyTypesThatCanBeNamedAreOffered() {
    assertThat(ApiCheck.typesOfPackage(ApiCheckTest.class))
        .contains(ApiCheckTest.class, Members.class, Hex.class)
        .doesNotContain(NotOffered.class, NotOffered.Inner.class);
  }
}

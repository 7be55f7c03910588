// SPDX-License-Identifier: Apache-2.0
import static org.junit.platform.engine.TestExecutionResult.Status.FAILED;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the test {@code package.Class$Nested#method} up to its first failure, prints how it ended and
 * exits: with 0 if an assertion failed, 1 if the test passed, 2 if it failed in another way or did
 * not run.
 *
 * <p>What a failed test leaves behind is not waited for: a server that lacks a guard may never end.
 */
final class OneTest {
  private static final Pattern TEST = Pattern.compile("([^$#]+)(?:\\$([^#]+))?#(.+)");

  private OneTest() {}

  public static void main(String[] arguments) {
    Matcher test = TEST.matcher(arguments[0]);
    if (!test.matches()) {
      end(2, "not a test: " + arguments[0]);
    }
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(test.group(1)))
            .filters(found(test.group(2), test.group(3)))
            .build();
    Outcome outcome = new Outcome();
    LauncherFactory.create().execute(request, outcome);
    if (outcome.tests == 0) {
      end(2, "there is no such test");
    }
    end(1, "passed");
  }

  private static PostDiscoveryFilter found(String nested, String method) {
    String segment = nested == null ? "" : "[nested-class:" + nested + "]";
    return test ->
        FilterResult.includedIf(
            test.getSource().orElse(null) instanceof MethodSource source
                && source.getMethodName().equals(method)
                && test.getUniqueId().toString().contains(segment));
  }

  private static void end(int code, String how) {
    System.out.println(how);
    System.out.flush();
    Runtime.getRuntime().halt(code);
  }

  private static final class Outcome implements TestExecutionListener {
    private int tests;

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (result.getStatus() == FAILED) {
        Throwable cause = result.getThrowable().orElseThrow();
        boolean asserted = test.isTest() && cause instanceof AssertionError;
        if (!asserted) {
          cause.printStackTrace();
        }
        String text = String.valueOf(cause.getMessage()).strip().replaceAll("\\s+", " ");
        end(asserted ? 0 : 2, asserted ? text : test.getDisplayName() + ": " + cause);
      }
      if (test.isTest()) {
        tests++;
      }
    }
  }
}

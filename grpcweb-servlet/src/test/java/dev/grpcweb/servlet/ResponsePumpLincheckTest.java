// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import java.util.Arrays;
import java.util.Collections;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * All interleavings of two senders, the container and a late request, for each container's habits:
 * nothing is lost or reordered, the end comes once, and no operation comes without {@code isReady}.
 */
@Tag("slow")
final class ResponsePumpLincheckTest {
  @Test
  void withJettysStrictness() {
    check(Jetty.class);
  }

  @Test
  void withTomcatsMoods() {
    check(Tomcat.class);
  }

  @Test
  void withUndertowsCallsForNothing() {
    check(Undertow.class);
  }

  private static void check(Class<?> model) {
    new ModelCheckingOptions()
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(0)
        .iterations(4)
        .invocationsPerIteration(600)
        .minimizeFailedScenario(true)
        .check(model);
  }

  /** What the threads do. */
  public abstract static class Model {
    private final ResponsePumpHarness harness;

    Model(ModelContainer.Personality personality) {
      harness = new ResponsePumpHarness(personality, false);
    }

    @Operation
    public void send(byte value) {
      harness.send(value);
    }

    @Operation
    public void write(byte value) {
      harness.write(value);
    }

    @Operation(nonParallelGroup = "container")
    public void container() {
      harness.run();
    }

    @Operation(runOnce = true)
    public void end() {
      harness.end();
    }

    @Operation(runOnce = true)
    public void requestRead() {
      harness.readRequest();
    }

    /** Lets everything come to rest, then looks at what the client has got. */
    @Validate
    public void nothingIsLost() {
      harness.end();
      harness.readRequest();
      harness.runUntilIdle();
      // No assertion library here: the model checker would look into it as well.
      require(harness.container.faults().isEmpty(), "the container was misused");
      require(Arrays.equals(harness.container.client(), harness.sent()), "bytes were lost");
      require(harness.container.completions() == 1, "not completed once");
      require(Collections.frequency(harness.input.events(), "completed") == 1, "not told once");
    }

    private static void require(boolean holds, String otherwise) {
      if (!holds) {
        throw new IllegalStateException(otherwise);
      }
    }
  }

  /** The strict one. */
  public static final class Jetty extends Model {
    public Jetty() {
      super(ModelContainer.Personality.JETTY);
    }
  }

  /** The moody one. */
  public static final class Tomcat extends Model {
    public Tomcat() {
      super(ModelContainer.Personality.TOMCAT);
    }
  }

  /** The one that calls for nothing. */
  public static final class Undertow extends Model {
    public Undertow() {
      super(ModelContainer.Personality.UNDERTOW);
    }
  }
}

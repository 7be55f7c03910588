// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.websocket;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Interleavings of senders, the container and the threads that may block, for each habit of
 * containers: never two things at once, nothing lost or sent behind the close, and whoever was
 * refused is told.
 */
@Tag("slow")
final class MessageSenderLincheckTest {
  @Test
  void withAContainerThatCompletesAtOnce() {
    check(AtOnce.class);
  }

  @Test
  void withAContainerThatCompletesLater() {
    check(Later.class);
  }

  @Test
  void withAContainerThatDoesEither() {
    check(Both.class);
  }

  @Test
  void withAContainerThatFails() {
    check(Fails.class);
  }

  private static void check(Class<?> model) {
    new ModelCheckingOptions()
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(0)
        .iterations(4)
        .invocationsPerIteration(400)
        .minimizeFailedScenario(true)
        .check(model);
  }

  /** What the threads do. */
  public abstract static class Model {
    private final SenderHarness harness;
    private final List<String> sent = new ArrayList<>();
    private boolean refused;

    Model(ModelRemote.Personality personality) {
      harness = new SenderHarness(personality);
    }

    @Operation
    public void send(byte value) {
      synchronized (sent) {
        sent.add("send " + value);
      }
      harness.send(value);
    }

    @Operation
    public void ping() {
      harness.sender.ping();
    }

    @Operation
    public void ask() {
      if (!harness.sender.isWritable()) {
        synchronized (sent) {
          refused = true;
        }
      }
    }

    @Operation
    public void container() {
      harness.remote.complete();
    }

    @Operation
    public void pool() {
      harness.runBlocking();
    }

    /** Lets everything come to rest, then looks at what the container has got. */
    @Validate
    public void nothingIsLost() {
      harness.runUntilIdle();
      boolean told = !refused || harness.writables() > 0 || harness.failures() > 0;
      harness.sender.close(1000, "");
      harness.runUntilIdle();
      List<String> done = harness.remote.done();
      require(!harness.remote.isMisused(), "two things at once");
      require(told, "not told of room");
      require(harness.failures() <= 1, "failed twice");
      if (harness.failures() == 0) {
        require(done.indexOf("close 1000") == done.size() - 1, "not closed at the end");
        done.removeIf(what -> !what.startsWith("send"));
        Collections.sort(done);
        Collections.sort(sent);
        require(done.equals(sent), "messages were lost");
        require(harness.sender.queuedBytes() == 0, "bytes were miscounted");
      }
    }

    // No assertion library here: the model checker would look into it as well.
    private static void require(boolean holds, String otherwise) {
      if (!holds) {
        throw new IllegalStateException(otherwise);
      }
    }
  }

  /** Before the send returns. */
  public static final class AtOnce extends Model {
    public AtOnce() {
      super(ModelRemote.Personality.AT_ONCE);
    }
  }

  /** On another thread. */
  public static final class Later extends Model {
    public Later() {
      super(ModelRemote.Personality.LATER);
    }
  }

  /** In turns. */
  public static final class Both extends Model {
    public Both() {
      super(ModelRemote.Personality.BOTH);
    }
  }

  /** With an error. */
  public static final class Fails extends Model {
    public Fails() {
      super(ModelRemote.Personality.FAILS);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.call;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tries the interleavings of the container's thread, the application that asks, the executor that
 * delivers and the end of the call: all that can be delivered is, once and in order, whoever comes
 * last, and nobody waits for a wake-up that does not come.
 */
@Tag("slow")
final class InboundQueueLincheckTest {
  @Test
  void whatWasAskedForIsDelivered() {
    check(Open.class);
  }

  @Test
  void afterTheEndNothingIsDelivered() {
    check(Ending.class);
  }

  private static void check(Class<?> model) {
    new ModelCheckingOptions()
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(0)
        .iterations(10)
        .invocationsPerIteration(1000)
        .verifier(EpsilonVerifier.class)
        .check(model);
  }

  /** What the threads do. The executor's turns are an operation too, so that they can be late. */
  public abstract static class Model {
    static final int HALF_CLOSE = -1;

    final AtomicInteger turns = new AtomicInteger();
    final AtomicInteger sent = new AtomicInteger();
    final AtomicInteger asked = new AtomicInteger();
    final AtomicBoolean halfClosed = new AtomicBoolean();
    final InboundQueue<Integer> queue = new InboundQueue<>(turns::incrementAndGet);

    /** Touched in turns only. */
    final List<Integer> delivered = new ArrayList<>();

    @Operation(nonParallelGroup = "container")
    public void message() {
      if (!halfClosed.get()) {
        queue.message(sent.getAndIncrement());
      }
    }

    @Operation(nonParallelGroup = "container", runOnce = true)
    public void halfClose() {
      halfClosed.set(true);
      queue.halfClose();
    }

    @Operation
    public void request() {
      asked.incrementAndGet();
      queue.request(1);
    }

    @Operation(nonParallelGroup = "executor")
    public void turn() {
      if (turns.get() > 0) {
        turns.decrementAndGet();
        queue.drain(new Receiver());
      }
    }

    final void runAllTurns() {
      while (turns.get() > 0) {
        turn();
      }
    }

    final void requireOrder() {
      for (int i = 0; i < delivered.size(); i++) {
        int next = delivered.get(i);
        require(next == i || (next == HALF_CLOSE && i == sent.get()), "out of order");
      }
    }

    // No assertion library here: the model checker would look into it as well.
    static void require(boolean holds, String otherwise) {
      if (!holds) {
        throw new IllegalStateException(otherwise);
      }
    }

    private final class Receiver implements InboundQueue.Receiver<Integer> {
      @Override
      public void message(Integer message) {
        delivered.add(message);
      }

      @Override
      public void halfClose() {
        delivered.add(HALF_CLOSE);
      }
    }
  }

  /** A call that goes on. */
  public static final class Open extends Model {
    @Validate
    public void allThatWasAskedForIsDelivered() {
      runAllTurns();
      requireOrder();
      int messages = Math.min(sent.get(), asked.get());
      int end = halfClosed.get() && messages == sent.get() ? 1 : 0;
      require(delivered.size() == messages + end, "something stays behind");
    }
  }

  /** A call that ends somewhere. */
  public static final class Ending extends Model {
    private volatile int deliveredAtEnd = -1;

    /** Ends on the executor, as an application does that closes inside a callback. */
    @Operation(nonParallelGroup = "executor", runOnce = true)
    public void endInTurn() {
      queue.close();
      deliveredAtEnd = delivered.size();
    }

    @Operation(runOnce = true)
    public void end() {
      queue.close();
    }

    @Validate
    public void nothingIsDeliveredAfterwards() {
      runAllTurns();
      requireOrder();
      require(deliveredAtEnd < 0 || delivered.size() == deliveredAtEnd, "delivered after the end");
      queue.close();
      queue.request(10);
      require(turns.get() == 0, "woken after the end");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.testing.Hex;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** With a source that is called under the lock, and with one that is not. */
@ParameterizedClass
@ValueSource(booleans = {false, true})
final class RequestPumpTest {
  private final boolean unlocked;
  private final ExchangeLock lock = new ExchangeLock();
  private final ModelSource source = new ModelSource();
  private final List<String> failures = new ArrayList<>();

  RequestPumpTest(boolean unlocked) {
    this.unlocked = unlocked;
  }

  @Test
  void nothingIsReadBeforeItIsAskedFor() {
    RequestPump pump = pump(-1, new RecordingInput());
    source.offer(pump, "0102");
    source.end(pump);

    assertThat(source.reads).isZero();
  }

  @Test
  void oneRequestBringsOneChunk() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(-1, input);
    source.offer(pump, "01");
    source.offer(pump, "02");

    resume(pump);
    resume(pump);
    assertThat(input.events()).containsExactly("received 01", "received 02");
    resume(pump);
    assertThat(input.events()).hasSize(2);
    source.offer(pump, "03");
    assertThat(input.events()).hasSize(3);
    source.offer(pump, "04");
    assertThat(input.events()).hasSize(3);
  }

  @Test
  void askingTwiceBeforeAnythingCameChangesNothing() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(-1, input);
    resume(pump);
    resume(pump);
    source.offer(pump, "01");
    source.offer(pump, "02");

    assertThat(input.events()).containsExactly("received 01");
  }

  @Test
  void askingFromInsideADeliveryLoopsInsteadOfRecursing() {
    RequestPump[] pump = new RequestPump[1];
    int[] depth = new int[2];
    RecordingInput input =
        new RecordingInput() {
          @Override
          public void received(byte[] bytes, int offset, int length) {
            depth[0]++;
            depth[1] = Math.max(depth[1], depth[0]);
            resume(pump[0]);
            super.received(bytes, offset, length);
            depth[0]--;
          }
        };
    pump[0] = pump(-1, input);
    for (int i = 0; i < 10_000; i++) {
      source.queue("05");
    }
    resume(pump[0]);
    source.wake(pump[0]);
    source.end(pump[0]);

    assertThat(depth[1]).isEqualTo(1);
    assertThat(input.events()).hasSize(10_001).endsWith("end");
  }

  @Test
  void theEndIsToldOnceThoughTheContainerTellsItTwiceAndInsideARead() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(-1, input);
    source.queue("0102");
    source.endInsideRead(pump);
    source.wake(pump);
    resume(pump);
    assertThat(input.events()).containsExactly("received 0102");

    resume(pump);
    source.end(pump);
    source.end(pump);
    resume(pump);
    assertThat(input.events()).containsExactly("received 0102", "end");
  }

  @Test
  void dataThatTheContainerTellsOfInsideTheQuestionIsNotWaitedFor() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(-1, input);
    source.offer(pump, "01");
    resume(pump);
    source.offerInsideTheNextQuestion(pump, "02");
    resume(pump);

    assertThat(input.events()).containsExactly("received 01", "received 02");
  }

  @Test
  void theEndThatTheContainerTellsInsideTheQuestionIsNotWaitedFor() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(-1, input);
    source.offer(pump, "01");
    resume(pump);
    source.insideTheNextQuestion = () -> source.end(pump);
    resume(pump);

    assertThat(input.events()).containsExactly("received 01", "end");
  }

  @Test
  void nothingIsTouchedOnceTheResponseHasEndedInsideTheQuestion() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(-1, input);
    source.offer(pump, "01");
    resume(pump);
    source.insideTheNextQuestion =
        () -> {
          lock.lock();
          pump.stopDelivering();
          lock.unlock();
          source.offer(pump, "02");
        };
    resume(pump);

    assertThat(source.questions).isEqualTo(2);
    assertThat(input.events()).containsExactly("received 01");
  }

  @Test
  void theRestIsThrownAwayOfARequestWhoseResponseEndsInsideARead() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(-1, input);
    List<String> done = new ArrayList<>();
    source.insideTheNextRead =
        () -> {
          lock.lock();
          pump.discardUpTo(1000, false, () -> done.add("done"));
          pump.stopDelivering();
          pump.discard();
          lock.unlock();
        };
    source.offer(pump, "01");
    source.queue("02");
    resume(pump);
    source.end(pump);

    assertThat(source.bytesRead).isEqualTo(2);
    assertThat(done).containsExactly("done");
    assertThat(input.events()).isEmpty();
  }

  /** Tomcat may say so while another thread is between two steps of a read. */
  @Test
  void whatIsStillThereIsReadThoughTheContainerSaysThatAllIsRead() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(-1, input);
    source.offer(pump, "01");
    source.queue("02");
    source.ended = true;
    source.callAllDataRead(pump);
    resume(pump);
    resume(pump);
    resume(pump);

    assertThat(input.events()).containsExactly("received 01", "received 02", "end");
  }

  /** Tomcat would take a lock of its own there, which its threads hold when they call. */
  @Test
  void theContainerIsNotAskedForMoreAtTheEnd() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(-1, input);
    source.offer(pump, "01");
    source.ended = true;
    resume(pump);
    resume(pump);

    assertThat(input.events()).containsExactly("received 01", "end");
  }

  @Test
  void theEndOfABodyOfKnownLengthNeedsNoFurtherRead() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(3, input);
    source.offer(pump, "0102");
    source.offer(pump, "03");
    resume(pump);
    resume(pump);
    resume(pump);

    assertThat(input.events()).containsExactly("received 0102", "received 03", "end");
    assertThat(source.reads).isEqualTo(2);
  }

  @Test
  void anEmptyBodyEndsAtOnce() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(0, input);
    resume(pump);

    assertThat(input.events()).containsExactly("end");
    assertThat(source.reads).isZero();
  }

  @Test
  void chunksAreAtMost16KiBAndNoArrayIsDeliveredTwice() {
    List<byte[]> arrays = new ArrayList<>();
    RequestPump[] pump = new RequestPump[1];
    RecordingInput input =
        new RecordingInput() {
          @Override
          public void received(byte[] bytes, int offset, int length) {
            arrays.add(bytes);
            resume(pump[0]);
          }
        };
    pump[0] = pump(-1, input);
    source.queue(new byte[50_000]);
    resume(pump[0]);
    source.wake(pump[0]);

    Set<byte[]> different = Collections.newSetFromMap(new IdentityHashMap<>());
    different.addAll(arrays);
    assertThat(different).hasSize(4);
    assertThat(arrays.get(0)).hasSize(16 * 1024);
    assertThat(arrays.get(3)).hasSize(50_000 - 3 * 16 * 1024);
  }

  @Test
  void nothingIsDeliveredUnderTheLock() {
    RequestPump[] pump = new RequestPump[1];
    RecordingInput input = new RecordingInput();
    pump[0] = pump(-1, input);
    source.queue("01");
    resume(pump[0]);
    lock.lock();
    lock.lock();
    pump[0].onDataAvailable();
    lock.unlock();
    assertThat(input.events()).isEmpty();
    lock.unlock();

    assertThat(input.events()).containsExactly("received 01");
  }

  @Test
  void anotherThreadThatAsksDuringADeliveryIsServedByTheOneThatDelivers() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    RecordingInput input =
        new RecordingInput() {
          @Override
          public void received(byte[] bytes, int offset, int length) {
            super.received(bytes, offset, length);
            inside.countDown();
            try {
              assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        };
    RequestPump pump = pump(-1, input);
    source.queue("01");
    source.queue("02");
    resume(pump);
    Thread container = new Thread(() -> source.wake(pump));
    container.start();
    assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
    resume(pump);
    assertThat(input.events()).containsExactly("received 01");
    asked.countDown();
    container.join(10_000);

    assertThat(input.events()).containsExactly("received 01", "received 02");
  }

  @Test
  void aFailedReadIsToldOnceAndNothingIsReadAfterwards() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(-1, input);
    source.failure = new IOException("early end");
    source.queue("01");
    resume(pump);
    source.wake(pump);
    resume(pump);
    source.wake(pump);

    assertThat(failures).containsExactly("early end");
    assertThat(input.events()).isEmpty();
    assertThat(source.reads).isEqualTo(1);
  }

  @Test
  void whatWasAskedForBeforeTheResponseEndedIsNotRead() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(-1, input);
    resume(pump);
    lock.lock();
    pump.stopDelivering();
    lock.unlock();
    source.offer(pump, "01");

    assertThat(source.reads).as("of a request that may serve another client by now").isZero();
    assertThat(input.events()).isEmpty();
  }

  @Test
  void theRestIsThrownAwayUpToTheLimit() {
    RecordingInput input = new RecordingInput();
    RequestPump pump = pump(-1, input);
    List<String> done = new ArrayList<>();
    source.queue(new byte[100_000]);
    lock.lock();
    pump.discardUpTo(120_000, false, () -> done.add("done"));
    pump.onDataAvailable();
    pump.stopDelivering();
    pump.discard();
    lock.unlock();
    assertThat(done).isEmpty();
    assertThat(pump.discardLimit()).isEqualTo(20_000);

    source.queue(new byte[100_000]);
    source.wake(pump);
    assertThat(done).isNotEmpty();
    assertThat(source.bytesRead).isLessThan(100_000 + 20_000 + 16 * 1024);
    assertThat(input.events()).isEmpty();
  }

  @Test
  void theRestIsThrownAwayUpToItsEnd() {
    RequestPump pump = pump(10, new RecordingInput());
    List<String> done = new ArrayList<>();
    lock.lock();
    pump.discardUpTo(120_000, false, () -> done.add("done"));
    pump.stopDelivering();
    pump.discard();
    lock.unlock();
    source.offer(pump, "0102030405");
    assertThat(done).isEmpty();
    source.offer(pump, "0607080910");

    assertThat(done).isNotEmpty();
  }

  @Test
  void theResponseWaitsForACallbackThatIsOwed() {
    RequestPump pump = pump(-1, new RecordingInput());
    List<String> done = new ArrayList<>();
    endBeforeTheRequest(pump, true, done);
    assertThat(pump.isRead()).isFalse();
    assertThat(done).isEmpty();

    source.offer(pump, "01");
    assertThat(pump.isRead()).isTrue();
    assertThat(done).isNotEmpty();
    assertThat(source.reads).as("what would make the container owe another one").isZero();
  }

  @Test
  void theResponseWaitsForNoCallbackForEver() {
    RequestPump pump = pump(-1, new RecordingInput());
    List<String> done = new ArrayList<>();
    endBeforeTheRequest(pump, true, done);
    lock.lock();
    pump.stopDiscarding();
    lock.unlock();

    assertThat(pump.isRead()).isTrue();
    assertThat(done).isNotEmpty();
  }

  @Test
  void whereCallbacksFindTheirRequestNoneIsWaitedFor() {
    RequestPump pump = pump(-1, new RecordingInput());
    endBeforeTheRequest(pump, false, new ArrayList<>());

    assertThat(pump.isRead()).isTrue();
  }

  private void endBeforeTheRequest(RequestPump pump, boolean awaitCallback, List<String> done) {
    lock.lock();
    pump.discardUpTo(0, awaitCallback, () -> done.add("done"));
    pump.stopDelivering();
    pump.discard();
    lock.unlock();
  }

  private RequestPump pump(long length, RecordingInput input) {
    RequestSource body = unlocked ? new UnlockedSource(source, lock) : source;
    RequestPump pump =
        new RequestPump(lock, body, length, e -> failures.add(String.valueOf(e.getMessage())));
    lock.reader(pump::pump);
    lock.lock();
    pump.bind(input);
    lock.unlock();
    return pump;
  }

  private void resume(RequestPump pump) {
    lock.lock();
    try {
      pump.resume();
    } finally {
      lock.unlock();
    }
  }

  /** A request body in memory: one read takes from one queued piece. */
  private final class ModelSource implements RequestSource {
    private final Deque<byte[]> pieces = new ArrayDeque<>();
    private @Nullable RequestPump endingInside;
    private @Nullable IOException failure;
    private @Nullable Runnable insideTheNextQuestion;
    private @Nullable Runnable insideTheNextRead;
    private int questions;
    private int reads;
    private long bytesRead;
    private boolean ready;
    private boolean ended;

    void queue(String hex) {
      queue(Hex.bytes(hex));
    }

    void queue(byte[] piece) {
      pieces.add(piece);
    }

    void offer(RequestPump pump, String hex) {
      queue(hex);
      wake(pump);
    }

    void endInsideRead(RequestPump pump) {
      endingInside = pump;
    }

    /** Answers with false once, and calls back before it does. */
    void offerInsideTheNextQuestion(RequestPump pump, String hex) {
      insideTheNextQuestion =
          () -> {
            queue(hex);
            wake(pump);
          };
    }

    void wake(RequestPump pump) {
      lock.lock();
      try {
        pump.onDataAvailable();
      } finally {
        lock.unlock();
      }
    }

    void end(RequestPump pump) {
      ended = true;
      callAllDataRead(pump);
    }

    void callAllDataRead(RequestPump pump) {
      lock.lock();
      try {
        pump.onAllDataRead();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public boolean isReady() {
      assertThat(isFinished()).as("asked at the end").isFalse();
      questions++;
      ready = !pieces.isEmpty();
      Runnable callback = insideTheNextQuestion;
      if (!ready && callback != null) {
        insideTheNextQuestion = null;
        callback.run();
      }
      return ready;
    }

    @Override
    public boolean isFinished() {
      return ended && pieces.isEmpty();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      assertThat(ready).as("isReady() before read()").isTrue();
      ready = false;
      reads++;
      Runnable callback = insideTheNextRead;
      if (callback != null) {
        insideTheNextRead = null;
        callback.run();
      }
      if (failure != null) {
        throw failure;
      }
      byte[] piece = pieces.remove();
      int n = Math.min(length, piece.length);
      System.arraycopy(piece, 0, buffer, offset, n);
      if (n < piece.length) {
        byte[] left = new byte[piece.length - n];
        System.arraycopy(piece, n, left, 0, left.length);
        pieces.addFirst(left);
      }
      bytesRead += n;
      if (endingInside != null && pieces.isEmpty()) {
        end(endingInside);
      }
      return n;
    }
  }
}

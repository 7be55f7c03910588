// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.servlet.ModelContainer.Personality;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ResponsePumpTest {
  @ParameterizedTest
  @EnumSource
  void everythingArrivesInOrderWhateverTheContainersHabits(Personality personality) {
    for (int seed = 0; seed < 200; seed++) {
      ResponsePumpHarness harness = new ResponsePumpHarness(personality, seed % 2 == 0);
      if (seed % 3 == 0) {
        harness.wantRestFirst();
      }
      Random random = new Random(seed);
      for (int i = 0; i < 100; i++) {
        switch (random.nextInt(4)) {
          case 0 -> harness.write((byte) i, (byte) -i);
          case 1 -> harness.flush();
          case 2 -> harness.send((byte) i);
          default -> harness.run();
        }
      }
      harness.end();
      harness.readRequest();
      harness.runUntilIdle();

      assertThat(harness.container.faults()).as("seed %d", seed).isEmpty();
      assertThat(harness.container.client()).as("seed %d", seed).isEqualTo(harness.sent());
      assertThat(harness.container.completions()).isEqualTo(1);
      assertThat(Collections.frequency(harness.input.events(), "completed")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasFlushedArrivesWithoutAnEnd(Personality personality) {
    for (int messages = 1; messages < 20; messages++) {
      ResponsePumpHarness harness = new ResponsePumpHarness(personality, true);
      for (int i = 0; i < messages; i++) {
        harness.send((byte) i);
      }
      harness.runUntilIdle();

      assertThat(harness.container.client()).isEqualTo(harness.sent());
      assertThat(harness.pump.queuedBytes()).isZero();
    }
  }

  @Test
  void aWriteAloneSendsNothing() {
    ResponsePumpHarness harness = new ResponsePumpHarness(Personality.JETTY, true);
    harness.run();
    harness.write((byte) 1, (byte) 2);
    harness.runUntilIdle();

    assertThat(harness.container.operations()).isEmpty();
    assertThat(harness.pump.queuedBytes()).isEqualTo(2);
  }

  @Test
  void nothingIsTouchedBeforeTheContainerHasCalled() {
    ResponsePumpHarness harness = new ResponsePumpHarness(Personality.JETTY, true);
    harness.send((byte) 1);
    harness.end();

    assertThat(harness.container.operations()).isEmpty();
    harness.runUntilIdle();
    assertThat(harness.container.operations()).containsExactly("write", "complete");
  }

  @Test
  void aResponseThatHasNotBegunWaitsForTheRestThatComesFirst() {
    ResponsePumpHarness harness = new ResponsePumpHarness(Personality.TOMCAT, false);
    harness.wantRestFirst();
    harness.write((byte) 1);
    harness.end();
    harness.runUntilIdle();
    assertThat(harness.container.operations()).isEmpty();
    assertThat(harness.input.events()).doesNotContain("completed");

    harness.readRequest();
    harness.runUntilIdle();
    assertThat(harness.container.operations()).containsExactly("write", "flush", "complete");
    assertThat(harness.input.events()).contains("completed");
  }

  @Test
  void aResponseThatHasBegunIsSentAndCompletedBehindTheRestThatComesFirst() {
    ResponsePumpHarness harness = new ResponsePumpHarness(Personality.TOMCAT, false);
    harness.wantRestFirst();
    harness.send((byte) 1);
    harness.runUntilIdle();
    harness.write((byte) 2);
    harness.end();
    harness.runUntilIdle();
    assertThat(harness.container.operations()).containsExactly("write", "flush", "write", "flush");

    harness.readRequest();
    harness.runUntilIdle();
    assertThat(harness.container.operations()).endsWith("flush", "complete").hasSize(5);
  }

  @Test
  void queuedWritesLeaveTogetherInBurstsOf32KiB() {
    ResponsePumpHarness harness = new ResponsePumpHarness(Personality.TOMCAT, true);
    for (int i = 0; i < 40; i++) {
      harness.write(new byte[1024]);
    }
    harness.flush();
    harness.runUntilIdle();

    assertThat(harness.container.operations()).containsExactly("write", "write", "flush");
    assertThat(harness.container.client()).hasSize(40 * 1024);
  }

  @Test
  void forgottenWritesAreForgottenAsAWhole() {
    ResponsePumpHarness harness = new ResponsePumpHarness(Personality.TOMCAT, true);
    harness.write((byte) 1);
    harness.locked(ResponsePump::discardQueued);
    harness.pump.write(new byte[] {2}, 0, 1);
    harness.end();
    harness.runUntilIdle();

    assertThat(harness.container.client()).containsExactly(2);
  }

  @Test
  void writableIsToldOnceAfterARefusal() {
    ResponsePumpHarness harness = new ResponsePumpHarness(Personality.JETTY, true);
    harness.locked(pump -> assertThat(pump.isWritable()).isFalse());
    harness.run();
    assertThat(harness.input.events()).containsExactly("writable");
    harness.locked(pump -> assertThat(pump.isWritable()).isTrue());

    harness.send((byte) 1);
    harness.locked(pump -> assertThat(pump.isWritable()).isFalse());
    harness.runUntilIdle();
    assertThat(harness.input.events()).containsExactly("writable", "writable");
    harness.run();
    assertThat(harness.input.events()).hasSize(2);
  }

  @Test
  void completionWaitsForTheRestOfTheRequestButTheAnswerDoesNot() {
    ResponsePumpHarness harness = new ResponsePumpHarness(Personality.JETTY, false);
    harness.write((byte) 1);
    harness.end();
    harness.runUntilIdle();

    assertThat(harness.container.client()).containsExactly(1);
    assertThat(harness.container.operations()).containsExactly("write", "flush");
    assertThat(harness.input.events()).containsExactly("completed");
    harness.readRequest();
    harness.runUntilIdle();
    assertThat(harness.container.operations()).containsExactly("write", "flush", "complete");
    assertThat(harness.input.events()).containsExactly("completed");
  }

  @Test
  void aContainerMayCallFromInsideTheQuestion() {
    List<String> operations = new ArrayList<>();
    ExchangeLock lock = new ExchangeLock();
    ExchangeEvents events = new ExchangeEvents(lock);
    ResponsePump[] pump = new ResponsePump[1];
    ResponseSink sink =
        new FakeSink(operations) {
          private boolean first = true;

          @Override
          public boolean isReady() {
            if (first) {
              first = false;
              pump[0].onWritePossible();
              return false;
            }
            return true;
          }
        };
    pump[0] = new ResponsePump(sink, events, new FakeRest());
    pump[0].start();
    pump[0].write(new byte[] {1}, 0, 1);
    pump[0].flush();
    pump[0].onWritePossible();

    assertThat(operations).containsExactly("write", "flush");
  }

  @Test
  void aFailedWriteIsToldAndNothingIsTouchedAfterwards() {
    List<String> operations = new ArrayList<>();
    ExchangeLock lock = new ExchangeLock();
    ExchangeEvents events = new ExchangeEvents(lock);
    RecordingInput input = new RecordingInput();
    lock.teller(events::tell);
    ResponsePump pump =
        new ResponsePump(
            new FakeSink(operations) {
              @Override
              public void write(byte[] bytes, int offset, int length) throws IOException {
                throw new IOException("broken pipe");
              }
            },
            events,
            new FakeRest());
    lock.lock();
    events.bind(input);
    pump.start();
    pump.onWritePossible();
    pump.write(new byte[] {1}, 0, 1);
    pump.flush();
    pump.write(new byte[] {2}, 0, 1);
    pump.flush();
    pump.end();
    pump.onWritePossible();
    assertThat(input.events()).as("told under the lock").isEmpty();
    lock.unlock();

    assertThat(operations).containsExactly("failed");
    assertThat(input.events()).containsExactly("disconnected broken pipe");
    assertThat(pump.queuedBytes()).isZero();
  }

  private static class FakeSink implements ResponseSink {
    private final List<String> operations;

    FakeSink(List<String> operations) {
      this.operations = operations;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      operations.add("write");
    }

    @Override
    public void flush() {
      operations.add("flush");
    }

    @Override
    public void endBody() {
      operations.add("endBody");
    }

    @Override
    public boolean completionBlocks() {
      return false;
    }

    @Override
    public void complete() {
      operations.add("complete");
    }

    @Override
    public void failed(Exception cause) {
      operations.add("failed");
    }
  }

  private static final class FakeRest implements RequestRest {
    @Override
    public boolean isRead() {
      return true;
    }

    @Override
    public boolean comesFirst() {
      return false;
    }

    @Override
    public void discard() {
      throw new AssertionError("nothing is left");
    }
  }
}

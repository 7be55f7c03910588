// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
  private final List<String> done = new ArrayList<>();
  private final ManualTimer timer = new ManualTimer();
  private final Heartbeat heartbeat = heartbeat(20, 5);
  private long waiting;

  @Test
  void aPeerThatAnswersNothingIsGivenUp() {
    heartbeat.start();
    timer.advance(100, TimeUnit.SECONDS);

    assertThat(done).containsExactly("ping at 20", "lost at 25");
    assertThat(timer.scheduled()).isZero();
  }

  @Test
  void aPeerThatIsHeardOfIsNotAsked() {
    heartbeat.start();
    for (int i = 0; i < 10; i++) {
      timer.advance(15, TimeUnit.SECONDS);
      heartbeat.heard();
    }

    assertThat(done).isEmpty();
    timer.advance(19, TimeUnit.SECONDS);
    assertThat(done).isEmpty();
    timer.advance(1, TimeUnit.SECONDS);
    assertThat(done).containsExactly("ping at 170");
  }

  @Test
  void aPeerThatAnswersIsAskedAgainWhenItHasBeenQuietAsLong() {
    heartbeat.start();
    timer.advance(22, TimeUnit.SECONDS);
    heartbeat.heard();
    timer.advance(19, TimeUnit.SECONDS);
    assertThat(done).containsExactly("ping at 20");
    timer.advance(1, TimeUnit.SECONDS);

    assertThat(done).containsExactly("ping at 20", "ping at 42");
  }

  @Test
  void aTimeoutThatIsLongerThanTheIntervalDelaysNoLaterQuestion() {
    Heartbeat patient = heartbeat(20, 60);
    patient.start();
    timer.advance(21, TimeUnit.SECONDS);
    patient.heard();
    timer.advance(100, TimeUnit.SECONDS);

    assertThat(done).containsExactly("ping at 20", "ping at 41", "lost at 101");
  }

  @Test
  void anAnswerInTheSameInstantIsAnAnswer() {
    heartbeat.start();
    timer.advance(20, TimeUnit.SECONDS);
    heartbeat.heard();
    timer.advance(19, TimeUnit.SECONDS);

    assertThat(done).containsExactly("ping at 20");
  }

  @Test
  void aLateAnswerIsTooLate() {
    heartbeat.start();
    timer.advance(25, TimeUnit.SECONDS);
    heartbeat.heard();
    timer.advance(100, TimeUnit.SECONDS);

    assertThat(done).containsExactly("ping at 20", "lost at 25");
  }

  @Test
  void whatIsSentWithoutWaitingIsNoSignOfAPeer() {
    heartbeat.start();
    for (int i = 0; i < 50; i++) {
      timer.advance(1, TimeUnit.SECONDS);
      heartbeat.taken();
    }

    assertThat(done).containsExactly("ping at 20", "lost at 25");
  }

  @Test
  void aPeerThatTakesWhatGoesBeforeTheQuestionHasTime() {
    waiting = 1000;
    heartbeat.start();
    for (int i = 0; i < 10; i++) {
      timer.advance(4, TimeUnit.SECONDS);
      waiting -= 100;
    }
    timer.advance(3, TimeUnit.SECONDS);
    assertThat(done).containsExactly("ping at 20");
    heartbeat.heard();
    timer.advance(10, TimeUnit.SECONDS);

    assertThat(done).containsExactly("ping at 20");
  }

  @Test
  void aPeerThatTakesOneBurstAfterTheOtherHasTime() {
    waiting = 1000;
    heartbeat.start();
    for (int i = 0; i < 10; i++) {
      timer.advance(4, TimeUnit.SECONDS);
      heartbeat.taken();
    }

    assertThat(done).containsExactly("ping at 20");
  }

  @Test
  void aPeerThatHasTakenAllHasToAnswer() {
    waiting = 1000;
    heartbeat.start();
    timer.advance(22, TimeUnit.SECONDS);
    heartbeat.taken();
    waiting = 0;
    timer.advance(100, TimeUnit.SECONDS);

    assertThat(done).containsExactly("ping at 20", "lost at 30");
  }

  @Test
  void aPeerThatTakesNothingIsGivenUp() {
    waiting = 1000;
    heartbeat.start();
    timer.advance(100, TimeUnit.SECONDS);

    assertThat(done).containsExactly("ping at 20", "lost at 25");
  }

  @Test
  void nobodyIsAskedAfterTheStop() {
    heartbeat.start();
    timer.advance(20, TimeUnit.SECONDS);
    heartbeat.stop();
    timer.advance(100, TimeUnit.SECONDS);

    assertThat(done).containsExactly("ping at 20");
    assertThat(timer.scheduled()).isZero();
  }

  @Test
  void aStopBeforeTheStartIsHeard() {
    heartbeat.stop();
    heartbeat.start();

    assertThat(timer.scheduled()).isZero();
  }

  private Heartbeat heartbeat(long interval, long timeout) {
    Heartbeat.Peer peer =
        new Heartbeat.Peer() {
          @Override
          public void ping() {
            done.add("ping at " + seconds());
          }

          @Override
          public void lost() {
            done.add("lost at " + seconds());
          }

          @Override
          public long waiting() {
            return waiting;
          }
        };
    SocketSettings settings =
        new SocketSettings(
            true,
            true,
            1,
            1,
            Set.of(),
            TimeUnit.SECONDS.toNanos(interval),
            TimeUnit.SECONDS.toNanos(timeout));
    return new Heartbeat(peer, settings, timer, timer::nanos);
  }

  private long seconds() {
    return timer.elapsed(TimeUnit.SECONDS);
  }
}

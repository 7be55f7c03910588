// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.grpcweb.testing.ClientCall;
import dev.grpcweb.testing.Frames;
import dev.grpcweb.testing.RecordedCall;
import dev.grpcweb.testing.RecordingHandler;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What only a response in text must do. */
public interface TextContract extends OnBench {
  @Test
  default void eachWriteIsAPaddedUnitOfWholeFrames() throws Exception {
    RecordingHandler handler = bench().record(MethodType.SERVER_STREAMING);
    ClientCall call = bench().open();
    RecordedCall service = handler.awaitCall();
    service.call().sendHeaders(new Metadata());
    for (int i = 0; i < 500; i++) {
      service.call().sendMessage("x".repeat(i));
    }
    service.call().close(Status.OK, new Metadata());
    call.await();

    List<byte[]> writes = call.exchange().writes();
    assertThat(writes).hasSizeGreaterThan(1);
    int frames = 0;
    for (byte[] unit : writes) {
      assertThat(unit.length % 4).isZero();
      frames += Frames.parse(Base64.getDecoder().decode(unit)).size();
    }
    assertThat(frames).isEqualTo(501);
  }

  @Test
  default void aUnaryAnswerIsOneUnit() throws Exception {
    RecordingHandler handler = bench().record(MethodType.UNARY);
    ClientCall call = bench().open();
    RecordedCall service = handler.awaitCall();
    service.call().sendHeaders(new Metadata());
    service.call().sendMessage("abc");
    service.call().close(Status.OK, new Metadata());

    assertThat(call.await().messages()).containsExactly("abc");
    assertThat(call.exchange().body())
        .asString()
        .isEqualTo("AAAAAANhYmOAAAAAEGdycGMtc3RhdHVzOiAwDQo=");
  }

  @Test
  default void aQuietStreamIsKeptAliveByFourSpacesBetweenUnits() throws Exception {
    bench().builder().textKeepAlive(Duration.ofMillis(20));
    RecordingHandler handler = bench().record(MethodType.SERVER_STREAMING);
    ClientCall call = bench().open();
    RecordedCall service = handler.awaitCall();
    service.call().sendHeaders(new Metadata());
    service.call().sendMessage("a");

    await().untilAsserted(() -> assertThat(call.exchange().body()).asString().matches(".*Fh {4,}"));
    service.call().sendMessage("b");
    await().untilAsserted(() -> assertThat(call.exchange().body()).asString().matches(".*Fi {4,}"));
    service.call().close(Status.OK, new Metadata());

    assertThat(call.await().messages()).containsExactly("a", "b");
    // The first message may have taken longer than the stream may be quiet.
    assertThat(call.exchange().body())
        .asString()
        .matches("( {4})*AAAAAAFh( {4})+AAAAAAFi( {4})+gAAAABBncnBjLXN0YXR1czogMA0K");
  }

  @Test
  default void keepAliveStopsWithTheCall() throws Exception {
    bench().builder().textKeepAlive(Duration.ofMillis(1));
    RecordingHandler handler = bench().record(MethodType.SERVER_STREAMING);
    ClientCall call = bench().open();
    RecordedCall service = handler.awaitCall();
    service.call().sendHeaders(new Metadata());
    call.exchange().disconnect();
    service.await("cancel");
    List<String> events = call.exchange().events();

    ClientCall other = bench().open();
    handler.awaitCall().call().sendHeaders(new Metadata());
    await().until(() -> other.exchange().body().length > 20);

    assertThat(call.exchange().events()).isEqualTo(events);
  }
}

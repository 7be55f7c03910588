// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.clients;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.grpcweb.testing.proto.CountRequest;
import dev.grpcweb.testing.proto.EchoRequest;
import dev.grpcweb.testing.proto.EchoResponse;
import dev.grpcweb.testing.proto.FailRequest;
import dev.grpcweb.testing.proto.HangRequest;
import dev.grpcweb.testing.proto.OutcomeRequest;
import dev.grpcweb.testing.proto.OutcomeResponse;
import dev.grpcweb.testing.proto.OutcomeResponse.Outcome;
import dev.grpcweb.testing.proto.TestServiceGrpc;
import dev.grpcweb.testing.proto.TestServiceGrpc.TestServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TestServiceTest {

  private final String name = InProcessServerBuilder.generateName();
  private final ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
  private final TestServiceBlockingStub stub = TestServiceGrpc.newBlockingStub(channel);
  private final Server server =
      InProcessServerBuilder.forName(name)
          .addService(new TestService())
          .intercept(new MetadataEcho())
          .build();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void metadataComesBackAsHeadersAndTrailers() {
    Metadata request = new Metadata();
    Metadata.Key<String> echo = Metadata.Key.of("echo-a", Metadata.ASCII_STRING_MARSHALLER);
    Metadata.Key<byte[]> trail = Metadata.Key.of("trail-b-bin", Metadata.BINARY_BYTE_MARSHALLER);
    request.put(echo, "one");
    request.put(trail, new byte[] {0, (byte) 0xff});
    AtomicReference<Metadata> headers = new AtomicReference<>(new Metadata());
    AtomicReference<Metadata> trailers = new AtomicReference<>(new Metadata());

    stub.withInterceptors(
            MetadataUtils.newAttachHeadersInterceptor(request),
            MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
        .echo(EchoRequest.getDefaultInstance());

    assertThat(headers).hasValueMatching(metadata -> "one".equals(metadata.get(echo)));
    assertThat(headers).hasValueMatching(metadata -> !metadata.containsKey(trail));
    assertThat(trailers).hasValueSatisfying(metadata -> assertBytes(metadata, trail, 0, 0xff));
    assertThat(trailers).hasValueMatching(metadata -> !metadata.containsKey(echo));
  }

  @Test
  void countedResponsesComeInOrderAndTheOutcomeIsKept() {
    CountRequest request =
        CountRequest.newBuilder().setCount(3).setIntervalMs(1).setCallId("c").build();

    assertThat(stub.count(request))
        .toIterable()
        .extracting(EchoResponse::getNumber)
        .containsExactly(1, 2, 3);
    assertThat(outcome("c").getOutcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void aFailureCarriesTheRequestAsADetail() throws InvalidProtocolBufferException {
    FailRequest request = FailRequest.newBuilder().setCode(9).setMessage("nein €").build();

    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> stub.failUnary(request));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(failure.getStatus().getDescription()).isEqualTo("nein €");
    assertThat(StatusProto.fromThrowable(failure).getDetails(0).unpack(FailRequest.class))
        .isEqualTo(request);
  }

  @Test
  void aCallThatRanIntoItsDeadlineIsKnownAsCancelled() {
    OutcomeResponse outcome = OutcomeResponse.getDefaultInstance();
    // A deadline may pass before the call gets to the server, which then knows nothing of it.
    for (int millis = 200; !outcome.getHadDeadline() && millis < 2_000; millis *= 2) {
      Iterator<EchoResponse> responses =
          stub.withDeadlineAfter(millis, MILLISECONDS)
              .hang(HangRequest.newBuilder().setCallId("h" + millis).build());

      StatusRuntimeException failure =
          catchThrowableOfType(StatusRuntimeException.class, responses::next);
      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      outcome = outcome("h" + millis);
    }
    assertThat(outcome)
        .isEqualTo(
            OutcomeResponse.newBuilder()
                .setOutcome(Outcome.CANCELLED)
                .setHadDeadline(true)
                .build());
  }

  @Test
  void theOutcomeOfACallThatNobodyMadeIsUnknown() {
    OutcomeRequest request = OutcomeRequest.newBuilder().setCallId("nobody").setWaitMs(1).build();
    assertThat(stub.outcome(request).getOutcome()).isEqualTo(Outcome.UNKNOWN);
  }

  private OutcomeResponse outcome(String callId) {
    return stub.outcome(OutcomeRequest.newBuilder().setCallId(callId).setWaitMs(5000).build());
  }

  private static void assertBytes(Metadata metadata, Metadata.Key<byte[]> key, int... bytes) {
    assertThat(metadata.get(key)).containsExactly(bytes);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static dev.grpcweb.servlet.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.servlet.CorsPolicy;
import dev.grpcweb.servlet.testing.JettyServer;
import dev.grpcweb.testing.Hex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Throws requests at a server over real sockets, most of them valid ones that were changed. The
 * system properties {@code fuzz.count} and {@code fuzz.seed} choose how many and which. An input
 * that fails is written to {@code target/fuzz}, with what the container said; kept in {@code
 * src/test/resources/fuzz} it is sent in every run, over HTTP/1.1 and over HTTP/2.
 */
final class FuzzTest {
  private static final int CLIENTS = 6;
  private static final long MOST_LEFT = 8L << 20;
  private static final long SEED = Long.getLong("fuzz.seed", 20_261_121L);
  private static final Path FAILED = Path.of("target", "fuzz");

  private final CallLog log = new CallLog();
  private final FuzzTally tally = new FuzzTally();
  private final FuzzWarnings warnings = new FuzzWarnings();

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void nothingShortOfAnAnswerComesOfThreeThousandInputs() throws Exception {
    fuzz(3_000);
  }

  @Test
  @Tag("slow")
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void nothingShortOfAnAnswerComesOfAMillionInputs() throws Exception {
    fuzz(Long.getLong("fuzz.count", 1_000_000L));
  }

  @Test
  void anInputDependsOnItsSeedAndNumberOnly() {
    for (int number = 0; number < 200; number++) {
      assertThat(new FuzzMutator(7).input(number).bytes())
          .isEqualTo(new FuzzMutator(7).input(number).bytes());
    }
    assertThat(new FuzzMutator(7).input(1).bytes())
        .isNotEqualTo(new FuzzMutator(8).input(1).bytes());
  }

  @Test
  @Timeout(60)
  void inputsThatOnceFailedAreStood() throws Exception {
    try (Bench bench = new Bench();
        FuzzClient http1 = bench.client(Protocol.HTTP_1);
        FuzzClient http2 = bench.client(Protocol.H2C)) {
      for (Path file : kept()) {
        byte[] bytes = Hex.bytes(Files.readString(file).replaceAll("(?m)^#.*$", ""));
        String name = file.getFileName().toString();
        assertThat(http1.sendRaw(bytes)).as(name).isNull();
        assertThat(http2.send(0, FuzzInput.parse(bytes))).as(name + " over HTTP/2").isNull();
      }
      bench.checkThatNothingIsLeft();
    }
  }

  private static List<Path> kept() throws Exception {
    java.net.URL folder = FuzzTest.class.getResource("/fuzz");
    if (folder == null) {
      throw new IllegalStateException("no folder of kept inputs");
    }
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      return files.filter(file -> file.toString().endsWith(".hex")).sorted().toList();
    }
  }

  private void fuzz(long count) throws Exception {
    long begin = System.nanoTime();
    try (Bench bench = new Bench()) {
      bench.sendAll(2_000_000_000L, 50L * CLIENTS);
      int threadsBefore = threads().size();
      long heapBefore = usedHeap();
      bench.sendAll(0, count);
      bench.checkThatNothingIsLeft();
      Patience.await()
          .untilAsserted(
              () ->
                  assertThat(threads())
                      .as("threads")
                      .hasSizeLessThanOrEqualTo(threadsBefore + CLIENTS));
      long nanos = System.nanoTime() - begin;
      // What waits for a client that may still send is forgotten after seconds.
      Patience.await()
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(
              () ->
                  assertThat(usedHeap() - heapBefore)
                      .as("bytes left behind")
                      .isLessThan(MOST_LEFT));
      report(count, nanos, usedHeap() - heapBefore);
    }
    assertThat(tally.failures()).isEmpty();
    assertThat(warnings.seen()).isEmpty();
  }

  private void report(long count, long nanos, long grown) {
    StringBuilder report = new StringBuilder();
    report.append(
        String.format(
            "fuzz: seed %d, %d inputs in %.1f s, %.0f a second, heap %+d KiB%n",
            SEED, count, nanos / 1e9, count * 1e9 / nanos, grown >> 10));
    tally
        .outcomes()
        .forEach(
            (what, times) ->
                report.append("  ").append(what).append(": ").append(times).append('\n'));
    log.reached()
        .forEach(
            (what, times) ->
                report.append("  reached ").append(what).append(": ").append(times).append('\n'));
    System.out.print(report);
  }

  /** Returns the threads that are in no pool: those grow with the load, and go with their owner. */
  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> !name.matches("(qtp|client|grpcweb-).*"))
        .sorted()
        .toList();
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** A server and those who send to it. */
  private final class Bench implements AutoCloseable {
    final GrpcWebServer server =
        GrpcWebServer.builder().addService(new TextsService()).intercept(log).build();
    final Site site =
        new JettySite(
            JettyServer.builder()
                .buffers(new UnpooledBuffers())
                .filter(new FuzzEcho())
                .filter(server, CorsPolicy.sameOrigin())
                .start());
    final Clients clients = new Clients();

    void sendAll(long first, long count) throws InterruptedException {
      FuzzMutator mutator = new FuzzMutator(SEED);
      AtomicLong next = new AtomicLong(first);
      List<Thread> senders = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Thread sender = new Thread(() -> send(mutator, next, first + count), "fuzz-" + i);
        sender.start();
        senders.add(sender);
      }
      for (Thread sender : senders) {
        sender.join();
      }
    }

    FuzzClient client(Protocol protocol) {
      return new FuzzClient(site, clients, protocol, tally);
    }

    private void send(FuzzMutator mutator, AtomicLong next, long end) {
      try (FuzzClient http1 = client(Protocol.HTTP_1);
          FuzzClient http2 = client(Protocol.H2C)) {
        for (long number = next.getAndIncrement(); number < end; number = next.getAndIncrement()) {
          FuzzInput input = mutator.input(number);
          Protocol protocol = mutator.protocol(number);
          FuzzClient client = protocol.isHttp2() ? http2 : http1;
          String problem;
          try {
            problem = client.send(number, input);
          } catch (RuntimeException e) {
            problem = "the client failed: " + e;
          }
          if (problem != null) {
            failed(protocol, number, input, problem);
          }
        }
      }
    }

    void checkThatNothingIsLeft() throws IOException {
      // A queue of bytes belongs to an open call, so there is none either.
      await().untilAsserted(() -> assertThat(server.openCalls()).as("open calls").isZero());
      for (Protocol protocol : new Protocol[] {Protocol.HTTP_1, Protocol.H2C}) {
        try (HttpConnection connection = protocol.connect(site, clients)) {
          for (Format format : protocol.formats()) {
            String path = ClientCall.path("", "Chat");
            byte[] body = format.messages("still", "here");
            HttpExchange http = connection.request("POST", path, ClientCall.fields(format), body);
            assertThat(new ClientCall(format, http).rest())
                .containsExactly("re: still", "re: here");
          }
        }
      }
    }

    @Override
    public void close() {
      server.shutdown();
      await().until(server::isTerminated);
      clients.close();
      site.close();
      ServerThreadsGone.await();
      warnings.close();
    }
  }

  private void failed(Protocol protocol, long number, FuzzInput input, String problem) {
    String name = "seed-" + SEED + "-" + number + ".hex";
    tally.failed(protocol + " " + name + ": " + problem);
    if (tally.failures().size() < 20) {
      try {
        Files.createDirectories(FAILED);
        String hex = Hex.of(input.bytes()).replaceAll("(.{96})", "$1\n");
        String why = protocol + ": " + problem + "\n" + warnings.ofContainer();
        Files.writeString(
            FAILED.resolve(name), why.strip().replaceAll("(?m)^", "# ") + "\n" + hex + "\n");
      } catch (IOException e) {
        tally.failed("not written: " + e);
      }
    }
  }
}

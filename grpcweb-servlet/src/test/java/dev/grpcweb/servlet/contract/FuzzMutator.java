// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.servlet.contract.FuzzInput.Delivery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Makes inputs: the same one for the same seed and number. Two of three are valid calls that were
 * changed, the others are made up.
 *
 * <p>Thread-safe.
 */
final class FuzzMutator {
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private static final String[] TYPES = {
    "application/grpc-web",
    "application/grpc-web-text",
    "application/grpc-web+proto",
    "application/grpc-web-text+proto; charset=utf-8",
    "APPLICATION/GRPC-WEB",
    "application/grpc",
    "application/grpc-web+json",
    "application/grpc-webx",
    "text/plain",
    "*/*",
    ";",
    "",
    ",",
    "application/grpc-web-text, application/grpc-web",
    "application/grpc-web;q=0"
  };
  private static final String[] TIMEOUTS = {
    "1n",
    "0S",
    "5m",
    "1H",
    "-1S",
    "1.5S",
    "99999999999999999999H",
    "S",
    "",
    "1",
    "1x",
    "1e3S",
    ".",
    "1500.5m",
    " 1S"
  };
  private static final String[] BINARY = {
    "AA==", "AA", "A", "*", "AAE,AAE", ",", ", ,", "====", "AA=A", "-_-_", "AAEC ", ""
  };
  private static final String[] CODINGS = {
    "identity", "gzip", "gzip,identity", "x", "", ",", "GZIP"
  };
  private static final String[] NAMES = {
    "x-some-bin",
    "-bin",
    "x-!",
    "grpc-status",
    "grpc-message",
    "grpc-tags-bin",
    "te",
    "origin",
    "cookie",
    "x-user-agent",
    "user-agent",
    "accept-encoding",
    "content-encoding",
    "x-n#x",
    "grpc-previous-rpc-attempts",
    "x-http-method-override",
    "range",
    "if-none-match"
  };
  private static final String[] VERBS = {
    "GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "POST"
  };
  private static final String[] PATHS = {
    "/",
    "/test.Texts/",
    "/test.Texts/Echo/",
    "//test.Texts/Echo",
    "/test.Texts/echo",
    "/a/b/c",
    "/test.Texts/Ech%6f",
    "/test.Texts/Echo?x=1",
    "/test.Texts/Echo;x=1",
    "/test.Texts/Nothing",
    "/./test.Texts/Echo",
    "/x/../test.Texts/Echo"
  };
  private static final int[] LENGTHS = {
    0, 1, 4, 5, 6, 127, 65535, 1 << 22, (1 << 22) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1
  };

  private final List<FuzzInput> http1Seeds = FuzzSeeds.in(Protocol.HTTP_1.formats());
  private final List<FuzzInput> http2Seeds = FuzzSeeds.in(Protocol.H2C.formats());
  private final long seed;

  FuzzMutator(long seed) {
    this.seed = seed;
  }

  FuzzInput input(long number) {
    List<FuzzInput> seeds = protocol(number).isHttp2() ? http2Seeds : http1Seeds;
    return new Maker(new SplittableRandom(seed + STEP * (number + 1)), seeds).make();
  }

  /** Returns how an input is sent, in every run: what one protocol stands may break another. */
  Protocol protocol(long number) {
    return number % 3 == 0 ? Protocol.H2C : Protocol.HTTP_1;
  }

  private static final class Maker {
    private final SplittableRandom random;
    private final List<FuzzInput> seeds;

    Maker(SplittableRandom random, List<FuzzInput> seeds) {
      this.random = random;
      this.seeds = seeds;
    }

    FuzzInput make() {
      FuzzInput input = anyOf(seeds);
      if (random.nextInt(100) < 34) {
        input = input.withBody(madeUpBody());
        if (random.nextInt(3) == 0) {
          input = changeField(input);
        }
        return deliver(input, 2);
      }
      for (int changes = random.nextInt(4) / 2; changes >= 0; changes--) {
        input = change(input);
      }
      return deliver(input, 4);
    }

    private FuzzInput change(FuzzInput input) {
      byte[] body = input.body();
      return switch (random.nextInt(11)) {
        case 0 -> input.withBody(flipBits(body));
        case 1 -> input.withBody(Arrays.copyOf(body, random.nextInt(body.length + 1)));
        case 2 -> input.withBody(duplicate(body));
        case 3 -> input.withBody(splice(body, anyOf(seeds).body()));
        case 4 -> input.withBody(changeLength(body, input.isText()));
        case 5 -> input.withBody(breakBase64(body));
        case 6 -> changeField(input);
        case 7 -> random.nextInt(8) == 0 ? changeTarget(input) : changeField(input);
        default -> input.withChunks(chunks());
      };
    }

    private FuzzInput deliver(FuzzInput input, int percentOfEach) {
      int choice = random.nextInt(100);
      if (choice < percentOfEach) {
        byte[] whole = input.http1();
        byte[] changed =
            switch (random.nextInt(4)) {
              case 0 -> Arrays.copyOf(whole, random.nextInt(whole.length));
              case 1 -> duplicate(whole);
              case 2 -> bytes(random.nextInt(300));
              default -> flipBits(whole);
            };
        return input.sentAs(Delivery.RAW, changed);
      }
      if (choice < 2 * percentOfEach) {
        byte[] whole = input.http1();
        return input.sentAs(Delivery.CUT, Arrays.copyOf(whole, random.nextInt(whole.length)));
      }
      return input;
    }

    private byte[] madeUpBody() {
      return switch (random.nextInt(4)) {
        case 0 -> bytes(random.nextInt(200));
        case 1 -> madeUpFrames();
        case 2 -> Format.TEXT.encode(madeUpFrames());
        default -> characters(random.nextInt(200));
      };
    }

    private byte[] madeUpFrames() {
      byte[] all = {};
      for (int frames = random.nextInt(5); frames > 0; frames--) {
        byte[] payload = bytes(random.nextInt(60));
        int flags = random.nextInt(4) == 0 ? random.nextInt(256) : 0;
        int length = random.nextInt(6) == 0 ? anyLength() : payload.length;
        all = Frames.join(all, Frames.frame(flags, length, payload));
      }
      return all;
    }

    private byte[] flipBits(byte[] bytes) {
      byte[] changed = bytes.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0 && changed.length > 0; flips--) {
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      }
      return changed;
    }

    private byte[] duplicate(byte[] bytes) {
      int from = random.nextInt(bytes.length + 1);
      int to = from + random.nextInt(bytes.length - from + 1);
      return Frames.join(Arrays.copyOf(bytes, to), Arrays.copyOfRange(bytes, from, bytes.length));
    }

    private byte[] splice(byte[] one, byte[] other) {
      return Frames.join(
          Arrays.copyOf(one, random.nextInt(one.length + 1)),
          Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length));
    }

    /** Announces another length in the first frame. */
    private byte[] changeLength(byte[] body, boolean text) {
      byte[] bytes = body;
      if (text) {
        try {
          bytes = java.util.Base64.getDecoder().decode(body);
        } catch (IllegalArgumentException alreadyBroken) {
          return flipBits(body);
        }
      }
      if (bytes.length < Frames.PREFIX) {
        return body;
      }
      byte[] payload = Arrays.copyOfRange(bytes, Frames.PREFIX, bytes.length);
      byte[] changed = Frames.frame(bytes[0], anyLength(), payload);
      return text ? Format.TEXT.encode(changed) : changed;
    }

    private byte[] breakBase64(byte[] body) {
      int at = random.nextInt(body.length + 1);
      byte[] inserted = characters(1 + random.nextInt(3));
      return Frames.join(
          Arrays.copyOf(body, at), inserted, Arrays.copyOfRange(body, at, body.length));
    }

    private FuzzInput changeField(FuzzInput input) {
      List<Map.Entry<String, String>> fields = input.fieldsToChange();
      int at = random.nextInt(fields.size() + 1);
      if (at == fields.size()) {
        fields.add(Map.entry(anyOf(NAMES), value("")));
      } else {
        String name = fields.get(at).getKey();
        switch (random.nextInt(6)) {
          case 0 -> fields.remove(at);
          case 1 -> fields.add(fields.get(at));
          default -> fields.set(at, Map.entry(name, value(name)));
        }
      }
      switch (random.nextInt(20)) {
        case 0 -> fields.add(Map.entry("grpc-encoding", anyOf(CODINGS)));
        case 1 -> fields.add(Map.entry("grpc-accept-encoding", anyOf(CODINGS)));
        case 2 -> fields.add(Map.entry("Expect", "100-continue"));
        case 3 -> fields.add(Map.entry("x-long", "v".repeat(random.nextInt(6000))));
        default -> {}
      }
      return input.withFields(fields);
    }

    private String value(String name) {
      return switch (name) {
        case "Content-Type", "Accept" -> anyOf(TYPES);
        case "grpc-timeout" -> anyOf(TIMEOUTS);
        case "x-some-bin" -> anyOf(BINARY);
        default ->
            new String(characters(random.nextInt(20)), java.nio.charset.StandardCharsets.US_ASCII)
                .trim();
      };
    }

    private FuzzInput changeTarget(FuzzInput input) {
      return random.nextBoolean()
          ? input.withPath(anyOf(VERBS), input.path())
          : input.withPath("POST", anyOf(PATHS));
    }

    private List<Integer> chunks() {
      List<Integer> sizes = new ArrayList<>();
      for (int count = 1 + random.nextInt(4); count > 0; count--) {
        sizes.add(1 + random.nextInt(random.nextBoolean() ? 8 : 600));
      }
      return sizes;
    }

    private int anyLength() {
      return random.nextBoolean() ? LENGTHS[random.nextInt(LENGTHS.length)] : random.nextInt(300);
    }

    private byte[] bytes(int count) {
      byte[] bytes = new byte[count];
      random.nextBytes(bytes);
      return bytes;
    }

    private byte[] characters(int count) {
      byte[] characters = new byte[count];
      String usual = "AAAAQBCDxyz012+/= -_";
      for (int i = 0; i < count; i++) {
        characters[i] =
            (byte)
                (random.nextInt(10) == 0
                    ? ' ' + random.nextInt(95)
                    : usual.charAt(random.nextInt(usual.length())));
      }
      return characters;
    }

    private <T> T anyOf(List<T> list) {
      return list.get(random.nextInt(list.size()));
    }

    private String anyOf(String[] array) {
      return array[random.nextInt(array.length)];
    }
  }
}

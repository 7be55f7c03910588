// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Valid calls of all four kinds. */
final class FuzzSeeds {
  private FuzzSeeds() {}

  static List<FuzzInput> in(List<Format> formats) {
    List<FuzzInput> seeds = new ArrayList<>();
    for (Format format : formats) {
      seeds.add(seed(format, "Echo", format.messages("hello")));
      seeds.add(seed(format, "Echo", format.messages("")));
      seeds.add(seed(format, "Echo", format.messages("x".repeat(3000))));
      seeds.add(seed(format, "Metadata", format.messages("go")));
      seeds.add(seed(format, "Fail", format.messages("ABORTED try again")));
      seeds.add(seed(format, "Count", format.messages("7 20")));
      seeds.add(seed(format, "Flood", format.messages("5 100")));
      seeds.add(seed(format, "CountAndFail", format.messages("3")));
      seeds.add(seed(format, "Join", format.messages("a", "bc", "", "def")));
      seeds.add(seed(format, "Join", new byte[0]));
      seeds.add(seed(format, "Measure", format.messages("x".repeat(500), "y".repeat(700))));
      seeds.add(seed(format, "Chat", format.messages("one", "two", "three")));
      seeds.add(seed(format, "Chat", units(format, "one", "two", "three")));
      seeds.add(seed(format, "Refuse", format.messages("please")));
      seeds.add(seed(format, "Nothing", format.messages("there")));
    }
    return seeds;
  }

  private static byte[] units(Format format, String... texts) {
    byte[] all = {};
    for (String text : texts) {
      all = Frames.join(all, format.message(text));
    }
    return all;
  }

  private static FuzzInput seed(Format format, String method, byte[] body) {
    List<Map.Entry<String, String>> fields = new ArrayList<>();
    fields.add(Map.entry("Content-Type", format.contentType()));
    fields.add(Map.entry("Accept", format.contentType()));
    fields.add(Map.entry("X-Grpc-Web", "1"));
    fields.add(Map.entry("grpc-timeout", "10S"));
    fields.add(Map.entry("x-some", "text"));
    fields.add(Map.entry("x-some-bin", "AAEC"));
    return new FuzzInput(
        "POST",
        ClientCall.path("", method),
        List.copyOf(fields),
        body,
        List.of(),
        FuzzInput.Delivery.WHOLE,
        new byte[0]);
  }
}

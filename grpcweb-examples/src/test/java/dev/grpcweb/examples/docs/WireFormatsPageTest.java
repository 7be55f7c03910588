// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.grpcweb.GrpcWebServer;
import dev.grpcweb.examples.chat.RealtimePushRequest;
import dev.grpcweb.examples.docs.WebCall.Answer;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The bytes and the tables of docs/wire-formats.md, against a server. */
final class WireFormatsPageTest {
  private static final Markdown PAGE = Markdown.of("docs/wire-formats.md");
  private static final Pattern LINE = Pattern.compile("((?:[0-9a-f]{2} )*[0-9a-f]{2})  +(.+)");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

  private static GrpcWebServer grpc;
  private static DocumentedServer server;

  @BeforeAll
  static void start() throws Exception {
    grpc = GrpcWebServer.builder().addService(new EchoChat()).build();
    server = DocumentedServer.start(grpc);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    grpc.shutdownNow();
  }

  @Test
  void everyGlossSaysWhatItsBytesAre() {
    for (String mark : List.of("request", "response", "failure")) {
      for (String line : PAGE.block(mark).text().lines().toList()) {
        Matcher matcher = LINE.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        assertGloss(bytes(matcher.group(1)), matcher.group(2));
      }
    }
  }

  private static void assertGloss(byte[] bytes, String gloss) {
    String ascii = new String(bytes, StandardCharsets.US_ASCII);
    Matcher quoted = QUOTED.matcher(gloss);
    if (quoted.find()) {
      String end = gloss.endsWith("CR LF") ? "\r\n" : "";
      assertThat(ascii).as(gloss).endsWith(quoted.group(1) + end);
    } else if (gloss.startsWith("length: ")) {
      int length = Integer.parseInt(gloss.substring("length: ".length()));
      assertThat(new BigInteger(bytes).intValue()).as(gloss).isEqualTo(length);
    } else if (gloss.equals("CR LF")) {
      assertThat(ascii).isEqualTo("\r\n");
    } else {
      int flags = gloss.startsWith("flags: the trailers") ? 0x80 : 0;
      assertThat(gloss).startsWith("flags: ");
      assertThat(bytes).as(gloss).containsExactly(flags);
    }
  }

  @Test
  void theRequestIsAFrameOfOneMessage() throws Exception {
    byte[] request = hex("request");
    assertThat(request).isEqualTo(WebCall.body("abc"));
    RealtimePushRequest message =
        RealtimePushRequest.parseFrom(Arrays.copyOfRange(request, 5, request.length));
    assertThat(message.getClientId()).isEqualTo("abc");
  }

  @Test
  void theRequestGetsTheResponse() throws Exception {
    Answer answer = call("application/grpc-web+proto").post(hex("request"));
    assertThat(answer.http().statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(hex("response"));
  }

  @Test
  void aFailureLooksAsShown() throws Exception {
    Answer answer = call("application/grpc-web+proto").post(WebCall.body(EchoChat.UNKNOWN));
    assertThat(answer.http().statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(hex("failure"));
  }

  @Test
  void textIsTheSameInPaddedUnits() throws Exception {
    String request = PAGE.block("request-text").text();
    assertThat(Base64.getDecoder().decode(request)).isEqualTo(hex("request"));
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    for (String unit : PAGE.block("response-text").text().lines().toList()) {
      response.writeBytes(Base64.getDecoder().decode(unit));
    }
    assertThat(response.toByteArray()).isEqualTo(hex("response"));

    byte[] sent = request.getBytes(StandardCharsets.US_ASCII);
    Answer answer = call("application/grpc-web-text").post(sent);
    assertThat(answer.contentType()).isEqualTo("application/grpc-web-text+proto");
    assertThat(answer.body()).isEqualTo(hex("response"));
  }

  @Test
  void theFormatIsNegotiatedAsTheTableSays() throws Exception {
    List<List<String>> rows = PAGE.table("| `content-type` | `accept` | response |");
    assertThat(rows).hasSizeGreaterThan(5);
    for (List<String> row : rows) {
      String type = row.get(0).replace("`", "").replace(", over HTTP/1.1", "");
      WebCall call = call(type);
      if (!row.get(1).equals("none")) {
        call.header("accept", row.get(1).replace("`", ""));
      }
      boolean text = type.contains("web-text");
      byte[] body = hex("request");
      Answer answer = call.post(text ? Base64.getEncoder().encode(body) : body);
      int status = answer.http().statusCode();
      String got = status == 200 ? '`' + answer.contentType() + '`' : "HTTP " + status;
      assertThat(got).as("%s", row).isEqualTo(row.get(2));
      if (status == 200) {
        assertThat(answer.body()).as("%s", row).isEqualTo(hex("response"));
      }
    }
  }

  private static WebCall call(String contentType) {
    return new WebCall(WebCall.http1(), server.base()).header("content-type", contentType);
  }

  private static byte[] hex(String mark) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String line : PAGE.block(mark).text().lines().toList()) {
      all.writeBytes(bytes(line.replaceFirst("  .*", "")));
    }
    return all.toByteArray();
  }

  private static byte[] bytes(String hex) {
    return HexFormat.ofDelimiter(" ").parseHex(hex);
  }
}

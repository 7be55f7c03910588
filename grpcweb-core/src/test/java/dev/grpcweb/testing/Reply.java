// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import dev.grpcweb.transport.Headers;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a client has got.
 *
 * @param headers of HTTP
 * @param frames the messages, without the trailers frame
 * @param trailers the lines of the trailers frame, or the trailers of HTTP; empty without any
 */
public record Reply(Headers headers, List<Frames.Frame> frames, Headers trailers) {

  /** Reads a response whose trailers are a frame; it may be missing as yet. */
  static Reply parse(Headers headers, byte[] body) {
    List<Frames.Frame> frames = Frames.parse(body);
    Headers trailers = new Headers();
    if (!frames.isEmpty() && frames.get(frames.size() - 1).flags() == 0x80) {
      trailers = trailers(frames.get(frames.size() - 1).payload());
      frames = frames.subList(0, frames.size() - 1);
    }
    return new Reply(headers, List.copyOf(frames), trailers);
  }

  private static Headers trailers(byte[] block) {
    Headers trailers = new Headers();
    String text = new String(block, StandardCharsets.ISO_8859_1);
    if (!text.endsWith("\r\n")) {
      throw new AssertionError("the last line has no end: " + text);
    }
    for (String line : text.substring(0, text.length() - 2).split("\r\n", -1)) {
      int colon = line.indexOf(": ");
      if (colon < 0 || !line.substring(0, colon).matches("[a-z0-9_.-]+")) {
        throw new AssertionError("not a trailer line: " + line);
      }
      trailers.add(line.substring(0, colon), line.substring(colon + 2));
    }
    return trailers;
  }

  public List<String> messages() {
    return frames.stream().map(Frames.Frame::text).toList();
  }

  /** Returns the code of the one status there must be, in the trailers or in the headers. */
  public Status.Code code() {
    List<String> found = trailers.getAll("grpc-status");
    List<String> inHeaders = headers.getAll("grpc-status");
    if (found.size() + inHeaders.size() != 1) {
      throw new AssertionError("expected one grpc-status, got " + found + " and " + inHeaders);
    }
    String code = found.isEmpty() ? inHeaders.get(0) : found.get(0);
    return Status.fromCodeValue(Integer.parseInt(code)).getCode();
  }

  /** Returns {@code grpc-message} as it is on the wire; empty if there is none. */
  public String message() {
    String found = trailers.get("grpc-message");
    if (found == null) {
      found = headers.get("grpc-message");
    }
    return found == null ? "" : found;
  }

  /** Returns code and message as {@code CODE: message}. */
  public String status() {
    return message().isEmpty() ? code().toString() : code() + ": " + message();
  }
}

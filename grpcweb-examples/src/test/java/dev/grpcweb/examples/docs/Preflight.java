// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.docs;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** What a browser asks before it sends a call from a page of another origin. */
final class Preflight {
  private Preflight() {}

  /** Returns the headers of the answer to a page of this origin that wants to send these. */
  static HttpHeaders send(URI base, String origin, String names)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(WebCall.METHOD))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", names)
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .build();
    return WebCall.http1().send(request, HttpResponse.BodyHandlers.discarding()).headers();
  }

  /** Returns the origin that is allowed to call, empty if this one is not. */
  static String allowedOrigin(URI base, String origin) throws IOException, InterruptedException {
    return send(base, origin, "content-type,x-grpc-web")
        .firstValue("access-control-allow-origin")
        .orElse("");
  }
}

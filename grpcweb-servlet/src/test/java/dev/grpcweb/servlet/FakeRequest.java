// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.security.Principal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request with the answers that a test gives it; every other question fails. */
final class FakeRequest {
  private final Map<String, Object> answers = new TreeMap<>();
  private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, Object> attributes = new TreeMap<>();
  private @Nullable Principal user;

  /** Sets what a method without parameters returns. */
  FakeRequest with(String method, Object answer) {
    answers.put(method, answer);
    return this;
  }

  FakeRequest header(String name, String... values) {
    headers.put(name, List.of(values));
    return this;
  }

  FakeRequest attribute(String name, Object value) {
    attributes.put(name, value);
    return this;
  }

  FakeRequest user(Principal principal) {
    user = principal;
    return this;
  }

  HttpServletRequest request() {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            FakeRequest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getHeaderNames" -> Collections.enumeration(headers.keySet());
                  case "getHeaders" ->
                      Collections.enumeration(headers.getOrDefault(arguments[0], List.of()));
                  case "getHeader" -> {
                    List<String> values = headers.get(arguments[0]);
                    yield values == null ? null : values.get(0);
                  }
                  case "getUserPrincipal" -> user;
                  case "getAttribute" -> attributes.get(arguments[0]);
                  default -> {
                    if (!answers.containsKey(method.getName())) {
                      throw new AssertionError("not to be asked: " + method.getName());
                    }
                    yield answers.get(method.getName());
                  }
                });
  }
}

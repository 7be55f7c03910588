// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet;

import dev.grpcweb.transport.Headers;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which pages of other origins may call, and what browsers are told about it.
 *
 * <p>A page always may call its own origin: one whose host and port are those of the request. Other
 * origins are denied until they are allowed here. A denied origin gets no CORS header, upon which
 * the browser refuses.
 *
 * <p>Immutable; any thread may use it.
 *
 * @see <a href="https://fetch.spec.whatwg.org/#http-cors-protocol">CORS protocol</a>
 */
public final class CorsPolicy {
  /** Headers every page may read without being told so, and those that are no page's business. */
  private static final Set<String> NEVER_EXPOSED =
      Set.of(
          "cache-control",
          "content-language",
          "content-length",
          "content-type",
          "date",
          "expires",
          "last-modified",
          "pragma",
          "set-cookie",
          "transfer-encoding",
          "vary");

  /** Sent by gRPC-Web clients themselves, so allowed with any list of request headers. */
  private static final Set<String> CLIENT_HEADERS =
      Set.of("content-type", "x-grpc-web", "x-user-agent", "grpc-timeout");

  private static final CorsPolicy SAME_ORIGIN = builder().build();

  private final Predicate<String> origins;
  private final boolean credentials;
  private final boolean preflightBypass;
  private final String maxAge;

  /** In lower case; null if whatever is asked for is allowed. */
  private final @Nullable Set<String> requestHeaders;

  private CorsPolicy(Builder builder) {
    origins = builder.origins;
    credentials = builder.credentials;
    preflightBypass = builder.preflightBypass;
    maxAge = Long.toString(builder.maxAge.toSeconds());
    requestHeaders = builder.requestHeaders;
  }

  /** Returns the default: a page may call its own origin only. */
  public static CorsPolicy sameOrigin() {
    return SAME_ORIGIN;
  }

  /** Returns a builder of a policy that allows no other origin yet. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns whether a page may call.
   *
   * @param origin of the page, as its request says
   * @param authority that the request was sent to, as its {@code Host} says
   */
  boolean admits(String origin, String authority) {
    return isSameOrigin(origin, authority) || origins.test(origin);
  }

  boolean allowsPreflightBypass() {
    return preflightBypass;
  }

  /** Returns the headers beside an answer that has headers of these names. */
  Headers answer(String origin, Collection<String> names) {
    Set<String> exposed = new TreeSet<>();
    for (String name : names) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!NEVER_EXPOSED.contains(lower) && !lower.startsWith("access-control-")) {
        exposed.add(lower);
      }
    }
    exposed.addAll(Set.of("grpc-status", "grpc-message", "grpc-status-details-bin"));
    return common(origin).add("access-control-expose-headers", String.join(", ", exposed));
  }

  /**
   * Returns the headers of the answer to a preflight.
   *
   * @param asked the value of {@code Access-Control-Request-Headers}
   */
  Headers preflight(String origin, @Nullable String asked) {
    Headers headers =
        common(origin)
            .add("access-control-allow-methods", "POST")
            .add("access-control-max-age", maxAge);
    // Names are echoed, never "*": with credentials browsers take that for a header named "*".
    String allowed = asked == null ? "" : allowed(asked);
    return allowed.isEmpty() ? headers : headers.add("access-control-allow-headers", allowed);
  }

  private String allowed(String asked) {
    return Arrays.stream(asked.split(",", -1))
        .map(name -> name.trim().toLowerCase(Locale.ROOT))
        .filter(name -> FieldNames.isToken(name) && !name.equals("*"))
        .filter(
            name ->
                requestHeaders == null
                    || requestHeaders.contains(name)
                    || CLIENT_HEADERS.contains(name))
        .collect(Collectors.joining(", "));
  }

  private Headers common(String origin) {
    Headers headers = new Headers().add("access-control-allow-origin", origin);
    return credentials ? headers.add("access-control-allow-credentials", "true") : headers;
  }

  /** Compares host and port; the scheme is unknown where a proxy in front speaks TLS. */
  private static boolean isSameOrigin(String origin, String authority) {
    try {
      URI page = new URI(origin);
      URI self = new URI("//" + authority);
      if (page.getHost() == null) {
        // A name with an underscore is no host to URI, but it is to browsers.
        return page.getAuthority() != null
            && page.getAuthority().equalsIgnoreCase(self.getAuthority());
      }
      if (!page.getHost().equalsIgnoreCase(self.getHost())) {
        return false;
      }
      int standard = "https".equalsIgnoreCase(page.getScheme()) ? 443 : 80;
      int pagePort = page.getPort() < 0 ? standard : page.getPort();
      int selfPort = self.getPort() < 0 ? standard : self.getPort();
      return pagePort == selfPort;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Collects what a policy allows. Not thread-safe. */
  public static final class Builder {
    private Predicate<String> origins = origin -> false;
    private boolean anyOrigin;
    private boolean credentials;
    private boolean preflightBypass;
    private Duration maxAge = Duration.ofMinutes(10);
    private @Nullable Set<String> requestHeaders;

    private Builder() {}

    /**
     * Allows these origins, each written as a browser sends it: {@code https://app.example.org},
     * with the port where it is not the scheme's own and without a slash at the end.
     *
     * @return this
     */
    public Builder allowOrigins(String... allowed) {
      Set<String> exact = new LinkedHashSet<>();
      for (String origin : allowed) {
        if (origin.endsWith("/") || !(origin.contains("://") || origin.equals("null"))) {
          throw new IllegalArgumentException(
              "an origin is scheme://host or scheme://host:port, but this is: " + origin);
        }
        exact.add(origin.toLowerCase(Locale.ROOT));
      }
      return allowOriginsIf(origin -> exact.contains(origin.toLowerCase(Locale.ROOT)));
    }

    /**
     * Allows the origins that match this pattern as a whole.
     *
     * @return this
     */
    public Builder allowOriginPattern(Pattern pattern) {
      Objects.requireNonNull(pattern, "pattern");
      return allowOriginsIf(origin -> pattern.matcher(origin).matches());
    }

    /**
     * Allows the origins for which the predicate is true. It is called by the container's threads
     * and must not block.
     *
     * @return this
     */
    public Builder allowOriginsIf(Predicate<String> predicate) {
      origins = origins.or(Objects.requireNonNull(predicate, "predicate"));
      return this;
    }

    /**
     * Allows every origin. Not to be had together with credentials: then any page on the web could
     * act in the name of the user who looks at it.
     *
     * @return this
     */
    public Builder allowAnyOrigin() {
      anyOrigin = true;
      return allowOriginsIf(origin -> true);
    }

    /**
     * Lets allowed origins send cookies and other credentials of the browser; off by default.
     *
     * @return this
     */
    public Builder allowCredentials(boolean allowed) {
      credentials = allowed;
      return this;
    }

    /**
     * Sets how long a browser may remember the answer to a preflight; ten minutes by default.
     *
     * @return this
     */
    public Builder maxAge(Duration duration) {
      if (duration.isNegative()) {
        throw new IllegalArgumentException("maxAge is negative: " + duration);
      }
      maxAge = duration;
      return this;
    }

    /**
     * Restricts the request headers that other origins may send to these and the ones that gRPC-Web
     * clients send by themselves; by default all are allowed.
     *
     * @return this
     */
    public Builder allowRequestHeaders(String... names) {
      requestHeaders =
          Arrays.stream(names)
              .map(name -> name.toLowerCase(Locale.ROOT))
              .collect(Collectors.toUnmodifiableSet());
      return this;
    }

    /**
     * Understands calls that avoid the preflight by sending their headers in the URL, in the query
     * parameter {@code $httpHeaders}; off by default.
     *
     * <p>It saves a round trip and costs a protection: browsers send such a request with the user's
     * cookies from any page, before asking. So its {@code Origin} is checked here, before the
     * service is called, and one without {@code Origin} is refused. The headers, an {@code
     * authorization} among them, appear in the access logs of everything between client and server.
     * Headers that belong to the connection, to the browser or to proxies are refused in the URL.
     *
     * @return this
     */
    public Builder allowPreflightBypass(boolean allowed) {
      preflightBypass = allowed;
      return this;
    }

    /**
     * Returns the policy.
     *
     * @throws IllegalStateException if any origin is allowed with credentials
     */
    public CorsPolicy build() {
      if (anyOrigin && credentials) {
        throw new IllegalStateException(
            "allowAnyOrigin() and allowCredentials(true) exclude each other;"
                + " name the origins by allowOrigins(...)");
      }
      return new CorsPolicy(this);
    }
  }
}

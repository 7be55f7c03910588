// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import dev.grpcweb.servlet.ServletAttributes;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What a service can learn about its caller, as lines of "name=value". */
final class CallFacts {
  private CallFacts() {}

  static String current() {
    ServedCall served = ServedCall.KEY.get();
    if (served == null) {
      throw new IllegalStateException("the call has no call-id");
    }
    ServerCall<String, String> call = served.awaitStart();
    Attributes attributes = call.getAttributes();
    StringBuilder facts = new StringBuilder();
    add(facts, "authority", call.getAuthority());
    add(facts, "method", call.getMethodDescriptor().getFullMethodName());
    add(facts, "security", call.getSecurityLevel());
    add(facts, "remote", attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    add(facts, "local", attributes.get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR));
    add(facts, "peer", peer(attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION)));
    Principal user = attributes.get(ServletAttributes.USER_PRINCIPAL);
    add(facts, "user", user == null ? "nobody" : user.getName());
    Deadline deadline = Context.current().getDeadline();
    add(facts, "deadline", deadline == null ? null : deadline.timeRemaining(TimeUnit.MILLISECONDS));
    return facts.toString();
  }

  static Properties parse(String facts) {
    Properties parsed = new Properties();
    facts.lines().forEach(line -> parsed.setProperty(line.split("=", 2)[0], line.split("=", 2)[1]));
    return parsed;
  }

  private static void add(
      StringBuilder facts, String name, @org.jspecify.annotations.Nullable Object value) {
    facts.append(name).append('=').append(value).append('\n');
  }

  private static String peer(@org.jspecify.annotations.Nullable SSLSession session) {
    if (session == null) {
      return "no session";
    }
    try {
      X509Certificate first = (X509Certificate) session.getPeerCertificates()[0];
      return first.getSubjectX500Principal().getName();
    } catch (SSLPeerUnverifiedException e) {
      return "unverified";
    }
  }
}

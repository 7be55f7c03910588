// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.interop;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Makes gRPC-Web calls over HTTP/1.1 by the JDK's client, as a browser does: a request leaves as a
 * whole when it is complete, its answer arrives bit by bit.
 */
final class WebChannel extends ManagedChannel {
  private final URI base;
  private final boolean text;
  private final Channel calls;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(threads).build();

  /**
   * Creates a channel.
   *
   * @param base what methods are relative to; ends with a slash
   * @param text whether request and answer are base64
   * @param interceptors see every call; the last one first
   */
  WebChannel(URI base, boolean text, ClientInterceptor... interceptors) {
    this.base = base;
    this.text = text;
    this.calls = ClientInterceptors.intercept(new Calls(), interceptors);
  }

  @Override
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    return calls.newCall(method, options);
  }

  /** What is behind the interceptors. */
  private final class Calls extends Channel {
    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
      return new WebCall<>(WebChannel.this, method, options);
    }

    @Override
    public String authority() {
      return WebChannel.this.authority();
    }
  }

  URI address(MethodDescriptor<?, ?> method) {
    return base.resolve(method.getFullMethodName());
  }

  boolean isText() {
    return text;
  }

  HttpClient client() {
    return client;
  }

  ExecutorService threads() {
    return threads;
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  @Override
  public String authority() {
    return base.getAuthority();
  }

  @Override
  public WebChannel shutdown() {
    timer.shutdown();
    threads.shutdown();
    return this;
  }

  @Override
  public WebChannel shutdownNow() {
    timer.shutdownNow();
    threads.shutdown();
    return this;
  }

  @Override
  public boolean isShutdown() {
    return threads.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return threads.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return threads.awaitTermination(timeout, unit);
  }
}

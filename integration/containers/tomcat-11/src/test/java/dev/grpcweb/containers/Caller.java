// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.containers;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/** A connection over HTTP/2 for one request, whose frames are sent one by one. */
final class Caller implements AutoCloseable, Session.Listener {
  final Answer answer = new Answer();
  final HTTP2Session session;
  private final HTTP2Client client = new HTTP2Client();
  private volatile CompletableFuture<Void> pong = new CompletableFuture<>();

  Caller(int port) throws Exception {
    client.start();
    session =
        (HTTP2Session)
            await(
                client.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), this));
  }

  /** Sends the head of a call that is refused, with its length unless that is negative. */
  Stream open(String contentType, int length) throws Exception {
    HttpFields.Mutable fields =
        HttpFields.build().put("content-type", contentType).put("grpc-encoding", "unknown");
    if (length >= 0) {
      fields.put("content-length", length);
    }
    HttpURI uri = HttpURI.from("http://127.0.0.1/test.Open/Call");
    MetaData.Request head = new MetaData.Request("POST", uri, HttpVersion.HTTP_2, fields);
    return await(session.newStream(new HeadersFrame(head, null, false), answer));
  }

  void send(Stream stream, int size, boolean last) throws Exception {
    await(stream.data(new DataFrame(stream.getId(), ByteBuffer.allocate(size), last)));
  }

  void reset(Stream stream) throws Exception {
    stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
    ping();
  }

  /** Waits until everything that was sent has been read. */
  void ping() throws Exception {
    pong = new CompletableFuture<>();
    session.ping(new PingFrame(1, false), Callback.NOOP);
    await(pong);
  }

  @Override
  public void onPing(Session from, PingFrame frame) {
    if (frame.isReply()) {
      pong.complete(null);
    }
  }

  @Override
  public void close() {
    LifeCycle.stop(client);
  }

  static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  /** What the client hears of the response. */
  static final class Answer implements Stream.Listener {
    final CompletableFuture<Void> begin = new CompletableFuture<>();
    final CompletableFuture<Void> end = new CompletableFuture<>();

    @Override
    public void onHeaders(Stream stream, HeadersFrame frame) {
      begin.complete(null);
      goOn(stream, frame.isEndStream());
    }

    @Override
    public void onDataAvailable(Stream stream) {
      Stream.Data data = stream.readData();
      boolean last = data != null && data.frame().isEndStream();
      if (data != null) {
        data.release();
      }
      goOn(stream, last);
    }

    private void goOn(Stream stream, boolean ended) {
      if (ended) {
        end.complete(null);
      } else {
        stream.demand();
      }
    }
  }
}

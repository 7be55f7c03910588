// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** HTTP/2 with a stream's window in the hands of the test: what is not read is not acknowledged. */
final class Http2Connection implements HttpConnection {
  private static final int READ_AHEAD = 32 * 1024;

  private final Session session;
  private final String origin;

  private Http2Connection(Session session, String origin) {
    this.session = session;
    this.origin = origin;
    ((HTTP2Session) session).addEventListener(new Resets());
  }

  static Http2Connection connect(HTTP2Client client, InetSocketAddress address) throws IOException {
    Session session = await(client.connect(address, new Session.Listener() {}));
    return new Http2Connection(session, "http://localhost:" + address.getPort());
  }

  static Http2Connection connect(
      HTTP2Client client, InetSocketAddress address, SslContextFactory.Client tls)
      throws IOException {
    Session session = await(client.connect(tls, address, new Session.Listener() {}));
    return new Http2Connection(session, "https://localhost:" + address.getPort());
  }

  @Override
  public HttpExchange open(String method, String path, Map<String, String> fields)
      throws IOException {
    return open(method, path, fields, false);
  }

  @Override
  public HttpExchange request(String method, String path, Map<String, String> fields, byte[] body)
      throws IOException {
    HttpExchange exchange = open(method, path, fields, body.length == 0);
    if (body.length > 0) {
      ((Exchange) exchange).data(body, true);
    }
    return exchange;
  }

  /** Asks for a WebSocket, which is a stream then; its frames are sent and read as a body. */
  HttpExchange connectWebSocket(String path, Map<String, String> fields) throws IOException {
    HttpURI uri = HttpURI.from(origin + path);
    return open(
        new MetaData.ConnectRequest(
            origin.startsWith("https") ? HttpScheme.HTTPS : HttpScheme.HTTP,
            new HostPortHttpField(uri.getAuthority()),
            path,
            headers(fields),
            "websocket"),
        false);
  }

  private Exchange open(String method, String path, Map<String, String> fields, boolean last)
      throws IOException {
    HttpURI uri = HttpURI.from(origin + path);
    return open(new MetaData.Request(method, uri, HttpVersion.HTTP_2, headers(fields)), last);
  }

  private static HttpFields headers(Map<String, String> fields) {
    HttpFields.Mutable headers = HttpFields.build();
    fields.forEach(headers::add);
    return headers;
  }

  private Exchange open(MetaData.Request head, boolean last) throws IOException {
    Exchange exchange = new Exchange();
    Promise.Completable<Stream> opened = new Promise.Completable<>();
    session.newStream(new HeadersFrame(head, null, last), opened, exchange);
    exchange.stream = await(opened);
    return exchange;
  }

  @Override
  public boolean isOpen() {
    return !session.isClosed();
  }

  @Override
  public void close() {
    // Not by GOAWAY, which leaves open streams alone.
    ((HTTP2Session) session).getEndPoint().close();
  }

  private static <T> T await(Future<T> future) throws IOException {
    try {
      return future.get(Http1Connection.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("nothing came in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  /** Hears of every reset. A stream does not, if the reset drops what it is about to send. */
  private static final class Resets implements HTTP2Session.FrameListener {
    @Override
    public void onIncomingFrame(Session session, Frame frame) {
      if (frame instanceof ResetFrame reset
          && session.getStream(reset.getStreamId()) instanceof HTTP2Stream stream
          && stream.getListener() instanceof Exchange exchange) {
        exchange.dismissed.complete(reset.getError() == ErrorCode.NO_ERROR.code);
      }
    }
  }

  private static final class Exchange implements HttpExchange, Stream.Listener {
    private final CompletableFuture<MetaData.Response> head = new CompletableFuture<>();

    /** Set before {@link #head} is completed. */
    private volatile boolean endedWithHead;

    /** Null until they come, which is before the end has {@link #arrived}. */
    private volatile @Nullable HttpFields trailers;

    /** What has arrived and is for the test to take. */
    private final BlockingQueue<Stream.Data> arrived = new LinkedBlockingQueue<>();

    /** The bytes of {@link #arrived}. */
    private final AtomicInteger unread = new AtomicInteger();

    /** Whether reading waits for the test to take something. Guarded by this. */
    private boolean paused;

    private volatile @Nullable Stream stream;
    private volatile @Nullable IOException broken;

    /** Completed by a reset: whether it says no more than that the answer was given. */
    private final CompletableFuture<Boolean> dismissed = new CompletableFuture<>();

    private boolean ended;

    private Stream stream() {
      Stream opened = stream;
      if (opened == null) {
        throw new IllegalStateException("the stream has not been opened");
      }
      return opened;
    }

    void data(byte[] bytes, boolean last) throws IOException {
      try {
        await(stream().data(new DataFrame(stream().getId(), ByteBuffer.wrap(bytes.clone()), last)));
      } catch (IOException e) {
        if (!await(dismissed)) {
          IOException cause = broken;
          throw cause == null ? e : cause;
        }
      }
    }

    @Override
    public void send(byte[] bytes) throws IOException {
      data(bytes, false);
    }

    @Override
    public void end() throws IOException {
      data(new byte[0], true);
    }

    @Override
    public int status() throws IOException {
      return await(head).getStatus();
    }

    @Override
    public @Nullable String header(String name) throws IOException {
      return await(head).getHttpFields().get(name);
    }

    @Override
    public Map<String, String> trailers() {
      HttpFields fields = trailers;
      return fields == null ? Map.of() : map(fields);
    }

    @Override
    public @Nullable Map<String, String> headThatIsAll() throws IOException {
      HttpFields fields = await(head).getHttpFields();
      return endedWithHead ? map(fields) : null;
    }

    private static Map<String, String> map(HttpFields fields) {
      Map<String, String> map = new TreeMap<>();
      fields.forEach(
          field -> map.merge(field.getLowerCaseName(), field.getValue(), (a, b) -> a + "," + b));
      return map;
    }

    @Override
    public byte @Nullable [] read() throws IOException {
      await(head);
      while (!ended) {
        Stream.Data data = next();
        byte[] bytes = new byte[data.frame().remaining()];
        data.frame().getByteBuffer().get(bytes);
        ended = data.frame().isEndStream();
        data.release();
        unread.addAndGet(-bytes.length);
        pullOn();
        if (bytes.length > 0) {
          return bytes;
        }
      }
      return null;
    }

    private Stream.Data next() throws IOException {
      try {
        Stream.Data data = arrived.poll(Http1Connection.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        if (data == null) {
          throw new AssertionError("no data came in time");
        }
        IOException cause = broken;
        if (cause != null && arrived.isEmpty()) {
          throw new IOException("the stream was broken off", cause);
        }
        return data;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("interrupted").initCause(e);
      }
    }

    @Override
    public void vanish() throws IOException {
      dismissed.complete(false);
      await(stream().reset(new ResetFrame(stream().getId(), ErrorCode.CANCEL_STREAM_ERROR.code)));
    }

    @Override
    public void onHeaders(Stream from, HeadersFrame frame) {
      if (frame.getMetaData() instanceof MetaData.Response response) {
        endedWithHead = frame.isEndStream();
        head.complete(response);
      } else {
        trailers = frame.getMetaData().getHttpFields();
        pullToTheEnd(from);
        return;
      }
      if (frame.isEndStream()) {
        arrived.add(Stream.Data.eof(from.getId()));
      } else {
        from.demand();
      }
    }

    @Override
    public void onDataAvailable(Stream from) {
      pull(from);
    }

    /** Reads ahead a little: a reset that follows a whole response drops what was not read. */
    private synchronized void pull(Stream from) {
      while (unread.get() < READ_AHEAD) {
        Stream.Data data = from.readData();
        if (data == null && trailers != null) {
          arrived.add(Stream.Data.eof(from.getId()));
          return;
        }
        if (data == null) {
          from.demand();
          return;
        }
        unread.addAndGet(data.frame().remaining());
        arrived.add(data);
        if (data.frame().isEndStream()) {
          return;
        }
      }
      paused = true;
    }

    /** Trailers are told at once, though there may be data before them that was not read. */
    private synchronized void pullToTheEnd(Stream from) {
      if (!paused) {
        pull(from);
      }
    }

    private synchronized void pullOn() {
      if (paused && unread.get() < READ_AHEAD) {
        paused = false;
        pull(stream());
      }
    }

    @Override
    public void onReset(Stream from, ResetFrame frame, Callback callback) {
      if (frame.getError() != ErrorCode.NO_ERROR.code) {
        fail(from, new IOException("reset with " + ErrorCode.toString(frame.getError(), "?")));
      }
      callback.succeeded();
    }

    @Override
    public void onFailure(
        Stream from, int error, String reason, Throwable failure, Callback callback) {
      fail(from, new IOException(reason, failure));
      callback.succeeded();
    }

    /** What has arrived before may still be read; then the cause is thrown. */
    private void fail(Stream from, IOException cause) {
      broken = cause;
      dismissed.complete(false);
      head.completeExceptionally(cause);
      arrived.add(Stream.Data.eof(from.getId()));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Why {@link UnpooledBuffers} are needed, shown by Jetty alone. Of the two threads that serve the
 * connection of a bad request the first gives the buffer back while the second fills it. They are
 * only held up here; by themselves they meet once in a hundred thousand such requests or so. Where
 * the first test fails, Jetty has been corrected, and all of this can go.
 */
@Tag("slow")
@Timeout(60)
final class JettySharedBufferTest {
  /** So many that whatever is in the pool is in use. */
  private static final int OTHERS = 12;

  private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";
  private static final String BODY = "Content-Length: 4\r\n\r\nbody";

  private final CountDownLatch filling = new CountDownLatch(1);
  private final CountDownLatch givenBack = new CountDownLatch(1);
  private final CountDownLatch othersServed = new CountDownLatch(OTHERS);
  private final CountDownLatch filled = new CountDownLatch(1);

  /** The clients' ports of requests that the client of the bad request alone has sent. */
  private final Queue<Integer> smuggled = new ConcurrentLinkedQueue<>();

  private volatile @Nullable Thread first;
  private volatile @Nullable EndPoint bad;

  @Test
  void whatFollowsABadRequestIsTakenForARequestOfAnotherClient() throws Exception {
    assertThat(smuggle(new ArrayByteBufferPool())).isNotEmpty();
  }

  @Test
  void withoutAPoolItIsTakenForNone() throws Exception {
    assertThat(smuggle(new UnpooledBuffers())).isEmpty();
  }

  private Queue<Integer> smuggle(ByteBufferPool buffers) throws Exception {
    Server server = new Server(new QueuedThreadPool(OTHERS + 16), null, buffers);
    ServerConnector connector = new HeldConnector(server, new HeldConnections());
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new Held());
    server.start();
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort());
    List<Http1Connection> others = new ArrayList<>();
    try (Http1Connection sender = Http1Connection.connect(address)) {
      sender.write(Format.ascii("GET /bad" + HOST + "not\u0001a name: at all\r\n\r\n"));
      await(givenBack);
      sender.write(Format.ascii("GET /smuggled" + HOST + "\r\n"));
      for (int i = 0; i < OTHERS; i++) {
        Http1Connection other = Http1Connection.connect(address);
        others.add(other);
        other.write(Format.ascii("POST /first" + HOST + BODY));
      }
      for (Http1Connection other : others) {
        assertThat(other.response("POST").readAll()).asString().isEqualTo("/first");
        other.write(Format.ascii("POST /second" + HOST + BODY));
        other.response("POST").readAll();
      }
      assertThat(smuggled).doesNotContain(sender.localAddress().getPort());
      return smuggled;
    } finally {
      for (Http1Connection other : others) {
        other.close();
      }
      server.stop();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Answers with the path; the others' first requests wait until the buffer was filled. */
  private final class Held extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      String path = Request.getPathInContext(request);
      if (path.equals("/first")) {
        othersServed.countDown();
        await(filled);
      } else if (path.equals("/smuggled")) {
        smuggled.add(Request.getRemotePort(request));
      }
      Content.Source.asString(request);
      Content.Sink.write(response, true, path, callback);
      return true;
    }
  }

  private final class HeldConnector extends ServerConnector {
    HeldConnector(Server server, HttpConnectionFactory http) {
      super(server, http);
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(
        SocketChannel channel, ManagedSelector selector, SelectionKey key) {
      SocketChannelEndPoint endPoint = new SecondThread(channel, selector, key, getScheduler());
      endPoint.setIdleTimeout(getIdleTimeout());
      return endPoint;
    }
  }

  private final class SecondThread extends SocketChannelEndPoint {
    private final AtomicBoolean held = new AtomicBoolean();

    SecondThread(
        SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
      super(channel, selector, key, scheduler);
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
      if (bad != this || first == Thread.currentThread() || !held.compareAndSet(false, true)) {
        return super.fill(buffer);
      }
      filling.countDown();
      await(othersServed);
      try {
        return super.fill(buffer);
      } finally {
        filled.countDown();
      }
    }
  }

  private final class HeldConnections extends HttpConnectionFactory {
    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
      FirstThread connection = new FirstThread(getHttpConfiguration(), connector, endPoint);
      return configure(connection, connector, endPoint);
    }
  }

  private final class FirstThread extends HttpConnection {
    FirstThread(HttpConfiguration config, Connector connector, EndPoint endPoint) {
      super(config, connector, endPoint);
    }

    @Override
    public void onFillable() {
      super.onFillable();
      if (Thread.currentThread() == first) {
        givenBack.countDown();
      }
    }

    @Override
    protected RequestHandler newRequestHandler() {
      return new RequestHandler() {
        @Override
        public void badMessage(HttpException failure) {
          first = Thread.currentThread();
          bad = getEndPoint();
          super.badMessage(failure);
          await(filling);
        }
      };
    }
  }
}

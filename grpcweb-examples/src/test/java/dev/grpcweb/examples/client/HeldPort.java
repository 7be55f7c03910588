// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.examples.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A free port that stays one server's while it stops and starts again: the socket that is bound to
 * it, and never used, keeps the system from giving it to others.
 */
public final class HeldPort implements AutoCloseable {

  private final Socket holder = new Socket();

  public HeldPort() throws IOException {
    holder.setReuseAddress(true);
    holder.bind(new InetSocketAddress(0));
  }

  public int number() {
    return holder.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    holder.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;

/**
 * Buffers that no second connection gets to see, for tests that send what is no HTTP/1.1: Jetty
 * serves the connection of a bad request by two threads at once, one of which may give the buffer
 * back while the other uses it, or both may. From a pool it goes to another connection meanwhile,
 * and that one's client is sent an answer that is not its own. {@link JettySharedBufferTest} has
 * it. Without a pool it hits nobody but the connection that is closed anyway.
 */
final class UnpooledBuffers extends ByteBufferPool.NonPooling {
  @Override
  public RetainableByteBuffer.Mutable acquire(int size, boolean direct) {
    // Memory outside the heap is slow to come by, and is not given back before a collection.
    return super.acquire(size, false);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import io.grpc.Codec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** An encoding that no library knows: the bytes in reverse. */
public final class ReversingCodec implements Codec {
  @Override
  public String getMessageEncoding() {
    return "reversed";
  }

  @Override
  public InputStream decompress(InputStream message) throws IOException {
    return new ByteArrayInputStream(reversed(message.readAllBytes()));
  }

  @Override
  public OutputStream compress(OutputStream to) {
    return new ByteArrayOutputStream() {
      @Override
      public void close() throws IOException {
        to.write(reversed(toByteArray()));
        to.close();
      }
    };
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] result = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      result[i] = bytes[bytes.length - 1 - i];
    }
    return result;
  }
}

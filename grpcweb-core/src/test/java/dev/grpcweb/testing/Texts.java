// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Methods whose messages are texts, so that tests need no generated code. */
public final class Texts {
  public static final String SERVICE = "test.Texts";

  private Texts() {}

  /** Returns {@code test.Texts/name}, of this type. */
  public static MethodDescriptor<String, String> method(String name, MethodType type) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(marshaller(text -> text, text -> text))
        .setResponseMarshaller(marshaller(text -> text, text -> text))
        .build();
  }

  /** Returns a marshaller that does something to each text, such as to throw. */
  public static MethodDescriptor.Marshaller<String> marshaller(
      UnaryOperator<String> onStream, UnaryOperator<String> onParse) {
    return new TextMarshaller(onStream, onParse);
  }

  /** Returns a marshaller that counts its streams that were not closed; their length is unknown. */
  public static MethodDescriptor.Marshaller<String> counting(AtomicInteger open) {
    return new MethodDescriptor.Marshaller<>() {
      @Override
      public InputStream stream(String value) {
        open.incrementAndGet();
        return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8)) {
          @Override
          public void close() {
            open.decrementAndGet();
          }
        };
      }

      @Override
      public String parse(InputStream stream) {
        throw new UnsupportedOperationException();
      }
    };
  }

  private record TextMarshaller(UnaryOperator<String> onStream, UnaryOperator<String> onParse)
      implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new TextStream(onStream.apply(value).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return onParse.apply(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class TextStream extends ByteArrayInputStream implements KnownLength {
    TextStream(byte[] bytes) {
      super(bytes);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

/** A part of an array. */
final class Slice {
  final byte[] bytes;
  final int offset;
  final int length;

  Slice(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
  }
}

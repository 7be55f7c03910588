// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FrameReader } from '../src/frame-reader.js';
import { StatusCode } from '../src/status.js';
import { ascii, concat, data, frame, hex, splits, toHex, trailers } from '../testing/bytes.js';

// A message with the string "abc" in field 1, then OK trailers.
const MESSAGE = hex('0a03616263');
const VECTOR = concat(hex('00 00000005 0a03616263'), hex('80 00000010'), ascii('grpc-status: 0\r\n'));

function recording(maxMessageSize = 0) {
  const seen = [];
  const reader = new FrameReader(
    {
      message: (payload) => seen.push(`message ${toHex(payload)}`),
      trailers: (block) => seen.push(`trailers ${new TextDecoder().decode(block)}`),
    },
    maxMessageSize,
  );
  return { reader, seen };
}

function fails(code, pattern) {
  return (error) => {
    assert.equal(error.code, code);
    assert.match(error.message, pattern);
    return true;
  };
}

describe('FrameReader', () => {
  it('reads a message and trailers split at every offset and byte by byte', () => {
    for (const chunks of splits(VECTOR)) {
      const { reader, seen } = recording();
      chunks.forEach((chunk) => reader.read(chunk));
      reader.end();
      assert.deepEqual(seen, ['message 0a03616263', 'trailers grpc-status: 0\r\n']);
    }
  });

  it('delivers an empty frame as an empty message', () => {
    for (const chunks of splits(concat(hex('00 00000000'), hex('00 00000000'), trailers('grpc-status: 0')))) {
      const { reader, seen } = recording();
      chunks.forEach((chunk) => reader.read(chunk));
      reader.end();
      assert.deepEqual(seen, ['message ', 'message ', 'trailers grpc-status: 0\r\n']);
    }
  });

  it('does not take payload bytes for a frame', () => {
    const { reader, seen } = recording();
    reader.read(concat(frame(0, trailers('grpc-status: 5')), data('x')));
    assert.equal(seen.length, 2);
    assert.match(seen[0], /^message 80000000/);
    assert.equal(seen[1], 'message 78');
  });

  it('delivers the frames of a chunk before it fails on a broken one', () => {
    const { reader, seen } = recording();
    assert.throws(() => reader.read(concat(frame(0, MESSAGE), hex('02 00000000'))), fails(13, /flags 0x02/));
    assert.deepEqual(seen, ['message 0a03616263']);
  });

  it('refuses compressed messages and compressed trailers', () => {
    for (const flags of [0x01, 0x81]) {
      const { reader } = recording();
      assert.throws(() => reader.read(frame(flags, MESSAGE)), fails(StatusCode.INTERNAL, /compressed/));
    }
  });

  it('refuses a message over the limit as soon as its prefix is there', () => {
    const { reader } = recording(1000);
    assert.throws(
      () => reader.read(hex('00 000003e9')),
      fails(StatusCode.RESOURCE_EXHAUSTED, /1001 bytes, larger than the limit of 1000/),
    );
  });

  it('accepts a message of just the limit', () => {
    const { reader, seen } = recording(5);
    reader.read(VECTOR);
    assert.equal(seen.length, 2);
  });

  it('has a limit for trailers that does not shrink with the one for messages', () => {
    const { reader } = recording(5);
    reader.read(trailers('grpc-status: 5', `grpc-message: ${'x'.repeat(8000)}`));
    assert.throws(() => recording(5).reader.read(hex('80 00010001')), fails(8, /65537 bytes/));
  });

  it('allocates no more than what arrives warrants', () => {
    const { reader } = recording(0);
    const before = process.memoryUsage().arrayBuffers;
    reader.read(concat(hex('00 7fffffff'), new Uint8Array(10)));
    assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
  });

  it('gathers a large message from many chunks', () => {
    const seen = [];
    const reader = new FrameReader({ message: (payload) => seen.push(payload), trailers() {} }, 0);
    const payload = Uint8Array.from({ length: 1_000_000 }, (_, i) => i * 7);
    const bytes = frame(0, payload);
    for (let i = 0; i < bytes.length; i += 9_999) {
      reader.read(bytes.subarray(i, i + 9_999));
    }
    assert.equal(Buffer.compare(seen[0], payload), 0);
    assert.equal(seen[0].buffer.byteLength, payload.length);
  });

  it('hands over payloads that do not share the memory of the chunk', () => {
    const seen = [];
    const reader = new FrameReader({ message: (payload) => seen.push(payload), trailers() {} }, 0);
    const chunk = frame(0, MESSAGE);
    reader.read(chunk);
    chunk.fill(0);
    assert.equal(toHex(seen[0]), '0a03616263');
  });

  it('tells an end inside a prefix or a payload', () => {
    for (let length = 1; length < 10; length++) {
      const { reader } = recording();
      reader.read(VECTOR.subarray(0, length));
      const expected = length < 5 ? `${length} of 5 bytes of its prefix` : `${length - 5} of 5 bytes of its payload`;
      assert.throws(() => reader.end(), fails(StatusCode.INTERNAL, new RegExp(expected)));
    }
  });

  it('ignores what follows the trailers', () => {
    const { reader, seen } = recording();
    reader.read(concat(trailers('grpc-status: 0'), data('late')));
    reader.read(data('later'));
    reader.end();
    assert.equal(seen.length, 1);
  });

  it('delivers nothing after stop, even from the same chunk', () => {
    const seen = [];
    const reader = new FrameReader(
      {
        message(payload) {
          seen.push(payload);
          reader.stop();
        },
        trailers: (block) => seen.push(block),
      },
      0,
    );
    reader.read(concat(data('a'), data('b'), trailers('grpc-status: 0')));
    assert.equal(seen.length, 1);
  });
});

// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Base64Reader } from '../src/base64-reader.js';
import { encodeBase64 } from '../src/base64-writer.js';
import { StatusCode } from '../src/status.js';
import { ascii, base64, concat, hex, splits, toHex } from '../testing/bytes.js';

function decode(chunks) {
  const reader = new Base64Reader();
  const parts = chunks.map((chunk) => reader.read(chunk));
  return toHex(concat(...parts, reader.end()));
}

const FRAMES_HEX = `00000000050a036162638000000010${toHex(ascii('grpc-status: 0\r\n'))}`;

describe('Base64Reader', () => {
  it('reads two padded units in one chunk, split at every offset and character by character', () => {
    for (const chunks of splits(ascii('AAAAAAUKA2FiYw==gAAAABBncnBjLXN0YXR1czogMA0K'))) {
      assert.equal(decode(chunks), FRAMES_HEX);
    }
  });

  it('reads padding after every number of bytes', () => {
    const bytes = hex(FRAMES_HEX);
    for (let size = 1; size <= 7; size++) {
      let text = '';
      for (let i = 0; i < bytes.length; i += size) {
        text += base64(bytes.subarray(i, i + size));
      }
      for (const chunks of splits(ascii(text))) {
        assert.equal(decode(chunks), FRAMES_HEX);
      }
    }
  });

  it('skips white space that keeps a stream open', () => {
    for (const chunks of splits(ascii('    AAAAAAUKA2FiYw==\r\n \tgAAAABBncnBjLXN0YXR1czogMA0K    '))) {
      assert.equal(decode(chunks), FRAMES_HEX);
    }
  });

  it('gives every byte as soon as its characters are there', () => {
    const reader = new Base64Reader();
    assert.equal(toHex(reader.read(ascii('AAA'))), '');
    assert.equal(toHex(reader.read(ascii('B'))), '000001');
    assert.equal(toHex(reader.read(ascii('/w='))), 'ff');
    assert.equal(toHex(reader.read(ascii('=/'))), '');
  });

  it('decodes all bytes', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    assert.equal(decode([ascii(base64(bytes))]), toHex(bytes));
  });

  it('accepts a last unit without padding', () => {
    for (const chunks of splits(ascii('/w'))) {
      assert.equal(decode(chunks), 'ff');
    }
    assert.equal(decode([ascii('/w=')]), 'ff');
    assert.equal(decode([ascii('//8')]), 'ffff');
  });

  it('tells an end after a lone character', () => {
    assert.throws(() => decode([ascii('AAAAA')]), { code: StatusCode.INTERNAL, message: /inside a unit/ });
  });

  it('refuses characters that are no base64', () => {
    const expected = { name: 'RpcError', code: StatusCode.INTERNAL, message: /no base64: 0x/ };
    for (const bad of ['-', '_', '!', '\0', '\u00e9', '=', 'A=', 'AA=A', 'AA===']) {
      assert.throws(() => decode([ascii(bad)]), expected, bad);
    }
  });
});

describe('encodeBase64', () => {
  it('writes one padded unit', () => {
    assert.equal(encodeBase64(hex('00000000050a03616263')), 'AAAAAAUKA2FiYw==');
    assert.equal(encodeBase64(new Uint8Array(0)), '');
  });

  it('writes large arrays', () => {
    const bytes = Uint8Array.from({ length: 100_003 }, (_, i) => i * 31);
    assert.equal(encodeBase64(bytes), base64(bytes));
  });
});

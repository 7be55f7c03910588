// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTrailers } from '../src/trailers.js';
import { ascii } from '../testing/bytes.js';

describe('parseTrailers', () => {
  it('reads the status', () => {
    assert.deepEqual(parseTrailers(ascii('grpc-status: 0\r\n')), { code: 0, details: '', metadata: {} });
  });

  it('decodes the message', () => {
    const status = parseTrailers(ascii('grpc-status: 5\r\ngrpc-message: no%20%E2%82%AC\r\n'));
    assert.deepEqual(status, { code: 5, details: 'no €', metadata: {} });
  });

  it('keeps other fields, the details of the status among them', () => {
    const block = 'grpc-status: 3\r\nGrpc-Status-Details-Bin: CAM=\r\nx: a: b \r\n';
    assert.deepEqual(parseTrailers(ascii(block)).metadata, { 'grpc-status-details-bin': 'CAM=', x: 'a: b' });
  });

  it('reads names of any case, no space after the colon, bare LF, empty lines and a missing last line end', () => {
    assert.equal(parseTrailers(ascii('Grpc-Status:7')).code, 7);
    assert.equal(parseTrailers(ascii('\r\nx:1\ngrpc-status: 7\n\n')).code, 7);
  });

  it('joins the values of one name', () => {
    assert.deepEqual(parseTrailers(ascii('grpc-status:0\r\nx: a\r\nX: b\r\n')).metadata, { x: 'a, b' });
  });

  it('is no success without a status, or with one that is no number', () => {
    for (const block of ['', 'x: y\r\n', 'grpc-status:\r\n', 'grpc-status: ok\r\n', 'grpc-status: -1\r\n']) {
      assert.equal(parseTrailers(ascii(block)).code, 2, block);
    }
    assert.match(parseTrailers(ascii('x: y\r\n')).details, /no grpc-status/);
  });

  it('takes a code it does not know for UNKNOWN', () => {
    assert.equal(parseTrailers(ascii('grpc-status: 17\r\n')).code, 2);
    assert.equal(parseTrailers(ascii('grpc-status: 16\r\n')).code, 16);
  });

  it('reads raw UTF-8', () => {
    assert.equal(parseTrailers(ascii('grpc-status: 2\r\ngrpc-message: 错误\r\n')).details, '错误');
  });

  it('is safe with names of object properties', () => {
    const { metadata } = parseTrailers(ascii('grpc-status: 0\r\n__proto__: x\r\nconstructor: y\r\n'));
    assert.deepEqual(Object.entries(metadata), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});

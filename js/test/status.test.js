// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RpcError } from '../src/rpc-error.js';
import { decodeStatusMessage } from '../src/status-message.js';
import { fromHttpStatus, StatusCode, statusCodeName } from '../src/status.js';

describe('StatusCode', () => {
  it('has the codes 0 to 16 in order', () => {
    assert.deepEqual(
      Object.values(StatusCode),
      Array.from({ length: 17 }, (_, code) => code),
    );
  });

  it('has a name for each code', () => {
    assert.equal(statusCodeName(16), 'UNAUTHENTICATED');
    assert.equal(statusCodeName(99), '');
  });

  it('maps HTTP statuses as the official client does', () => {
    const expected = { 200: 0, 400: 3, 401: 16, 403: 7, 404: 5, 409: 10, 412: 9, 418: 2, 429: 8, 499: 1 };
    Object.assign(expected, { 500: 2, 501: 12, 502: 2, 503: 14, 504: 4 });
    for (const [http, code] of Object.entries(expected)) {
      assert.equal(fromHttpStatus(Number(http)), code, http);
    }
  });
});

describe('decodeStatusMessage', () => {
  it('decodes UTF-8', () => {
    assert.equal(decodeStatusMessage('no%20%E2%82%ac'), 'no €');
    assert.equal(decodeStatusMessage('%F0%9F%98%80!%25'), '😀!%');
  });

  it('leaves what is no escape', () => {
    assert.equal(decodeStatusMessage('100%'), '100%');
    assert.equal(decodeStatusMessage('%zz %4 %%41'), '%zz %4 %A');
  });

  it('replaces broken UTF-8', () => {
    assert.equal(decodeStatusMessage('a%FFb%E2%82'), 'a\ufffdb\ufffd');
  });
});

describe('RpcError', () => {
  it('is an Error that prints its code', () => {
    const error = new RpcError(StatusCode.NOT_FOUND, 'gone', { a: 'b' });
    assert.ok(error instanceof Error);
    assert.equal(error.name, 'RpcError');
    assert.equal(String(error), 'RpcError(NOT_FOUND): gone');
    assert.deepEqual(error.metadata, { a: 'b' });
    assert.equal(String(new RpcError(77, '')), 'RpcError(77)');
  });
});

// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { pathOf } from '../lib/schema.js';
import { startServer } from '../lib/server.js';

const ORIGIN = 'https://app.example';
const PREFLIGHT = {
  method: 'OPTIONS',
  headers: {
    origin: ORIGIN,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,echo-text,grpc-timeout,x-grpc-web',
  },
};

/** What a browser would ask and be told; `fetch` in Node lets a test set the headers itself. */
describe('a call from another origin', { timeout: 60_000 }, () => {
  let server;
  let path;

  before(async () => {
    server = await startServer();
    path = pathOf(server.schema.test.echo);
  });
  after(() => server?.stop());

  test('is allowed by the preflight where the policy allows it', async () => {
    const response = await fetch(server.url + path, PREFLIGHT);

    assert.ok([200, 204].includes(response.status), `${response.status}`);
    assert.equal(response.headers.get('access-control-allow-origin'), ORIGIN);
    assert.match(response.headers.get('access-control-allow-methods'), /\bPOST\b/);
    const allowed = names(response, 'access-control-allow-headers');
    for (const name of ['content-type', 'echo-text', 'grpc-timeout', 'x-grpc-web']) {
      assert.ok(allowed.includes(name), `${name} in ${allowed}`);
    }
    assert.ok(names(response, 'vary').includes('origin'));
  });

  test('may read the metadata of its response', async () => {
    const response = await call(server.url + path, { 'echo-text': 'one' });

    assert.equal(response.status, 200);
    assert.equal(response.headers.get('echo-text'), 'one');
    assert.equal(response.headers.get('access-control-allow-origin'), ORIGIN);
    assert.ok(names(response, 'access-control-expose-headers').includes('echo-text'));
  });

  test('gets no permission where the policy denies it', async () => {
    const preflight = await fetch(server.deniedUrl + path, PREFLIGHT);
    const response = await call(server.deniedUrl + path, {});

    for (const { headers } of [preflight, response]) {
      assert.deepEqual([...headers.keys()].filter((name) => name.startsWith('access-control-')), []);
    }
  });

  function call(url, headers) {
    return fetch(url, {
      method: 'POST',
      headers: { origin: ORIGIN, 'content-type': 'application/grpc-web+proto', ...headers },
      body: new Uint8Array(5),
    });
  }

  function names(response, header) {
    return (response.headers.get(header) ?? '').toLowerCase().split(/\s*,\s*/);
  }
});

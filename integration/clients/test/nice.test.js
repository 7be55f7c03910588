// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { openNice } from '../clients/nice.js';
import { contract } from '../lib/contract.js';
import { startServer } from '../lib/server.js';

// It rejects a cancelled call with an AbortError, which has no status.
contract('nice-grpc-web', openNice, { afterCancel: undefined });

// Its requests are streams that `fetch` sends while the call runs. The other clients of these tests
// send a request whole, and have no such calls or refuse them.
describe('nice-grpc-web, request streams', { timeout: 60_000 }, () => {
  let server;
  let call;

  before(async () => {
    server = await startServer();
    call = openNice(server.url);
  });
  after(() => server?.stop());

  async function* requests(...texts) {
    for (const text of texts) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      yield server.schema.message('EchoRequest', { text });
    }
  }

  test('a client stream brings one response', async () => {
    const result = await call(server.schema.test.join, requests('one', 'two', 'three'));

    assert.equal(result.code, 0);
    assert.deepEqual(result.messages.map(({ text }) => text), ['one,two,three']);
  });

  test('a client stream may be empty', async () => {
    const result = await call(server.schema.test.join, requests());

    assert.equal(result.code, 0);
    assert.deepEqual(result.messages.map(({ text }) => text), ['']);
  });

  test('each request of a bidirectional stream is answered', async () => {
    const result = await call(server.schema.test.chat, requests('one', 'two', 'three'));

    assert.equal(result.code, 0);
    assert.deepEqual(
      result.messages.map(({ text, number }) => [text, number]),
      [['one', 1], ['two', 2], ['three', 3]],
    );
  });
});

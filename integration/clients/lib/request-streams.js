// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startServer } from './server.js';

/**
 * What a client that can stream its requests must see, beside the contract.
 *
 * @param {string} name of the client
 * @param {(url: string, server: import('./server.js').TestServer) => (method: any, requests: AsyncIterable<any>,
 *     options?: import('./call.js').CallOptions) => Promise<import('./call.js').CallResult>} open
 * @param {{ conversations: boolean }} [abilities] whether a request may wait for a response, as it may
 *     on WebSockets and not with `fetch`
 */
export function requestStreams(name, open, { conversations } = { conversations: false }) {
  describe(`${name}, request streams`, { timeout: 60_000 }, () => {
    let server;
    let call;

    before(async () => {
      server = await startServer();
      call = open(server.url, server);
    });
    after(() => server?.stop());

    function request(text, size = 0) {
      return server.schema.message('EchoRequest', { text, payload: new Uint8Array(size) });
    }

    async function* requests(...texts) {
      for (const text of texts) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        yield request(text);
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

    if (conversations) {
      test('a request may wait for the response to the one before', async () => {
        const arrived = new Mailbox();
        async function* answering() {
          for (const text of ['one', 'two', 'three']) {
            yield request(text);
            assert.equal((await arrived.next()).text, text);
          }
        }
        const result = await call(
          server.schema.test.chat, answering(), { onMessage: (message) => arrived.put(message) });

        assert.equal(result.code, 0);
        assert.equal(result.messages.length, 3);
      });
    }

    test('two megabytes go and come whole and in order', async () => {
      async function* many() {
        for (let number = 1; number <= 200; number++) {
          yield request(`${number}`, 10_000);
        }
      }
      const result = await call(server.schema.test.chat, many());

      assert.equal(result.code, 0);
      assert.deepEqual(
        result.messages.map(({ text, number }) => [text, number]),
        Array.from({ length: 200 }, (_, index) => [`${index + 1}`, index + 1]),
      );
      assert.ok(result.messages.every(({ payload }) => payload.length === 10_000));
    });
  });
}

/** Messages for one who waits for them. */
class Mailbox {
  #messages = [];
  #wake = () => {};

  put(message) {
    this.#messages.push(message);
    this.#wake();
  }

  async next() {
    while (this.#messages.length === 0) {
      await new Promise((resolve) => { this.#wake = resolve; });
    }
    return this.#messages.shift();
  }
}

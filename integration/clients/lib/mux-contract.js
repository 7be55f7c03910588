// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { startServer } from './server.js';

const CANCELLED = 1;
const UNAVAILABLE = 14;

/**
 * What a MuxConnection must see, wherever it is.
 *
 * @param {string} name
 * @param {(server: import('./server.js').TestServer, scenario: string, args: any, begun: () => void) =>
 *     Promise<any>} play plays a scenario of `mux-scenarios.js`
 */
export function muxContract(name, play) {
  describe(name, { timeout: 120_000 }, () => {
    let server;

    before(async () => { server = await startServer(); });
    after(() => server?.stop());

    /** Plays a scenario that begins with what the server does not survive. */
    async function playWith(scenario, end) {
      const ending = await startServer();
      try {
        return await play(ending, scenario, { callId: randomUUID() }, () => end(ending));
      } finally {
        ending.signal('SIGKILL');
        await ending.stop();
      }
    }

    test('carries two hundred calls while one is not read', async () => {
      const result = await play(server, 'manyCalls', { callId: randomUUID() });

      assert.deepEqual(result.streams, Array.from({ length: 100 }, () => upTo(20)));
      assert.deepEqual(result.texts, Array.from({ length: 99 }, (_, index) => `${index}`));
      // The server has sent what the credit of the call allowed, and the service waits.
      assert.equal(result.whileStalled, 'RUNNING');
      assert.deepEqual(result.stalled, upTo(1_000));
    });

    test('carries messages larger than every credit, and small ones beside them', async () => {
      const result = await play(server, 'largeMessages');

      assert.deepEqual(
        result, { small: 'small', same: [true, true], lengths: [2_000_000, 2_000_000] });
    });

    test('goes on without a call that is cancelled', async () => {
      const result = await play(server, 'cancelledCall', { callId: randomUUID() });

      assert.deepEqual(result, { code: CANCELLED, onServer: 'CANCELLED', after: 'on' });
    });

    test('lets calls end when the server shuts down, and takes no more', async () => {
      const { refused, later, last, code, closed } = await playWith(
        'shutdown', (ending) => ending.signal('SIGTERM'));

      assert.equal(refused.code, UNAVAILABLE);
      assert.equal(later.code, UNAVAILABLE);
      assert.match(later.details, /goes away/);
      assert.deepEqual({ last, code, closed: closed.code }, { last: 10, code: 0, closed: 1001 });
    });

    test('ends its calls when the server is killed', async () => {
      const { status, after } = await playWith('deadServer', (ending) => ending.signal('SIGKILL'));

      assert.deepEqual([status.code, after.code], [UNAVAILABLE, UNAVAILABLE]);
    });

    test('ends its calls when the server falls silent', async () => {
      const { status, after } = await playWith('deadServer', (ending) => ending.signal('SIGSTOP'));

      assert.deepEqual([status.code, after.code], [UNAVAILABLE, UNAVAILABLE]);
      assert.match(status.details, /nothing was heard for 500 ms/);
    });
  });
}

function upTo(count) {
  return Array.from({ length: count }, (_, index) => index + 1);
}

// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { ByPage } from '../../clients/lib/by-page.js';
import { contract } from '../../clients/lib/contract.js';
import { muxContract } from '../../clients/lib/mux-contract.js';
import { requestStreams } from '../../clients/lib/request-streams.js';
import { startServer } from '../../clients/lib/server.js';
import { outcomeOf, untilRunning } from '../../clients/lib/side-channel.js';
import { launch } from '../lib/page.js';

const SCRIPT = fileURLToPath(new URL('../../clients/lib/in-page.js', import.meta.url));

let browser;
let script;

before(async () => {
  const bundle = build({ entryPoints: [SCRIPT], bundle: true, write: false, format: 'iife' });
  browser = await launch();
  script = (await bundle).outputFiles[0].text;
});
after(() => browser?.close());

/** A client on a page that the server's own port has served. */
function openInPage(client, urlOf) {
  return (_, server) => {
    const loading = load(client, urlOf(server), server.descriptors);
    return async (...args) => (await loading).call(...args);
  };
}

async function load(client, url, descriptors) {
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(url);
  const byPage = new ByPage(page);
  await byPage.load(script, { client, url, descriptors });
  return byPage;
}

const PORTS = [
  // Over TLS the page has come by HTTP/2, on which the browser puts the WebSocket too: RFC 8441.
  { port: 'plain', urlOf: ({ url }) => url, handshake: 'HTTP/1.1 GET' },
  { port: 'TLS', urlOf: ({ secureUrl }) => secureUrl, handshake: 'HTTP/2.0 CONNECT' },
];

for (const { port, urlOf, handshake } of PORTS) {
  for (const client of ['improbable', 'nice', 'mux']) {
    const name = `${client}, WebSocket in Chromium, ${port}`;
    const open = openInPage(client, urlOf);
    contract(name, open, { ...(client === 'mux' ? {} : { afterCancel: undefined }), handshake });
    requestStreams(name, open, { conversations: true });
  }

  muxContract(`many calls on one WebSocket in Chromium, ${port}`, async (server, ...scenario) => {
    const page = await load('none', urlOf(server), server.descriptors);
    try {
      return await page.play(...scenario);
    } finally {
      await page.close();
    }
  });

  describe(`a page that is closed, ${port}`, { timeout: 60_000 }, () => {
    let server;

    before(async () => { server = await startServer(); });
    after(() => server?.stop());

    test('is a cancelled call', async () => {
      const callId = randomUUID();
      const page = await load('none', urlOf(server), server.descriptors);
      const playing = page.play('hangingCall', { callId }).catch(() => 'closed');
      await untilRunning(server, callId);
      await page.close();

      assert.equal(await playing, 'closed');
      assert.equal((await outcomeOf(server, callId)).outcome, 'CANCELLED');
    });
  });
}

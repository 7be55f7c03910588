// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';

import { openMux } from '../clients/mux.js';
import { contract } from '../lib/contract.js';
import { muxContract } from '../lib/mux-contract.js';
import { SCENARIOS } from '../lib/mux-scenarios.js';
import { requestStreams } from '../lib/request-streams.js';
import { startServer } from '../lib/server.js';
import { outcomeOf, untilRunning } from '../lib/side-channel.js';

const NAME = 'own client, many calls on one WebSocket';
const overWebSocket = openMux(WebSocket);

contract(NAME, overWebSocket, { handshake: 'HTTP/1.1 GET' });
requestStreams(NAME, overWebSocket, { conversations: true });
muxContract(NAME, (server, scenario, args, begun) =>
  SCENARIOS[scenario]({ server, WebSocket, args, begun }));

describe('a server of many calls on one WebSocket', { timeout: 60_000 }, () => {
  let server;

  before(async () => { server = await startServer('--ping-millis', '1000'); });
  after(() => server?.stop());

  for (const [what, signal] of [['is killed', 'SIGKILL'], ['falls silent', 'SIGSTOP']]) {
    test(`gives up a client that ${what}`, async () => {
      const callId = randomUUID();
      const client = spawn(
        process.execPath,
        ['lib/hanging-client.js', server.url, server.descriptors, callId],
        { stdio: ['ignore', 'inherit', 'inherit'] },
      );
      const exit = once(client, 'exit');
      await untilRunning(server, callId);
      client.kill(signal);
      const { outcome } = await outcomeOf(server, callId, 10_000);
      client.kill('SIGKILL');
      await exit;

      assert.equal(outcome, 'CANCELLED');
    });
  }
});

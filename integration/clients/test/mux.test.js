// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { WebSocket } from 'ws';

import { MuxConnection } from '../../../js/src/index.js';
import { descriptorOf, openMux } from '../clients/mux.js';
import { contract } from '../lib/contract.js';
import { conversations, requestStreams } from '../lib/request-streams.js';
import { startServer } from '../lib/server.js';
import { outcomeOf, untilRunning } from '../lib/side-channel.js';

const CANCELLED = 1;
const UNAVAILABLE = 14;

const overWebSocket = openMux(WebSocket);

contract('own client, many calls on one WebSocket', overWebSocket, { handshake: 'HTTP/1.1 GET' });
requestStreams('own client, many calls on one WebSocket', overWebSocket);
conversations('own client, many calls on one WebSocket', overWebSocket);

describe('one WebSocket', { timeout: 60_000 }, () => {
  let server;
  let connection;
  let methods;

  before(async () => {
    server = await startServer();
    methods = server.schema.test;
  });
  beforeEach(() => { connection = new MuxConnection(server.url, { WebSocket }); });
  afterEach(() => connection.close());
  after(() => server?.stop());

  function message(type, fields) {
    return server.schema.message(type, fields);
  }

  /** A call with one request. */
  function started(method, request) {
    const call = connection.call(descriptorOf(method));
    call.send(request);
    call.halfClose();
    return call;
  }

  async function numbersOf(call) {
    const numbers = [];
    for await (const { number } of call) {
      numbers.push(number);
    }
    return numbers;
  }

  test('carries two hundred calls while one is not read', async () => {
    const callId = randomUUID();
    const large = { count: 1_000, payloadSize: 10_000, callId };
    const stalled = started(methods.count, message('CountRequest', large));
    await stalled.headers;
    const others = Array.from({ length: 199 }, (_, index) =>
      index % 2 === 0
        ? numbersOf(started(methods.count, message('CountRequest', { count: 20, payloadSize: 1_000 })))
        : started(methods.echo, message('EchoRequest', { text: `${index}` })).response());

    for (const [index, result] of (await Promise.all(others)).entries()) {
      if (index % 2 === 0) {
        assert.deepEqual(result, Array.from({ length: 20 }, (_, each) => each + 1));
      } else {
        assert.equal(result.text, `${index}`);
      }
    }
    // The server has sent what the call's credit allows, and the service waits.
    assert.equal((await outcomeOf(server, callId, 0)).outcome, 'RUNNING');
    assert.deepEqual(await numbersOf(stalled), Array.from({ length: 1_000 }, (_, each) => each + 1));
    assert.equal((await outcomeOf(server, callId)).outcome, 'COMPLETED');
  });

  test('waits with requests that the service does not read yet', async () => {
    const call = connection.call(descriptorOf(methods.chat));
    const request = message('EchoRequest', { payload: new Uint8Array(60_000) });
    // The responses are not read: the service stops reading when it cannot write.
    let sent = 0;
    const sending = (async () => {
      for (; sent < 200 && await call.send(request); sent++);
    })();
    const other = await started(methods.echo, message('EchoRequest', { text: 'meanwhile' })).response();
    assert.equal(other.text, 'meanwhile');

    const responses = numbersOf(call);
    await sending;
    call.halfClose();
    assert.equal((await responses).length, 200);
  });

  test('goes on without a call that is cancelled', async () => {
    const callId = randomUUID();
    const call = started(methods.hang, message('HangRequest', { callId }));
    await untilRunning(server, callId);
    call.cancel();
    assert.equal((await call.status).code, CANCELLED);
    assert.deepEqual(await outcomeOf(server, callId), { outcome: 'CANCELLED', hadDeadline: false });
    assert.equal((await started(methods.echo, message('EchoRequest', { text: 'on' })).response()).text, 'on');
  });

  test('lets calls end when the server shuts down, and takes no more', async () => {
    const ending = await startServer();
    connection.close();
    connection = new MuxConnection(ending.url, { WebSocket });
    const count = { count: 10, intervalMs: 200 };
    const running = started(methods.count, message('CountRequest', count))[Symbol.asyncIterator]();
    await running.next();
    const stopping = ending.stop();
    // GOAWAY comes soon after; until then calls are made as ever.
    let refused;
    do {
      refused = await started(methods.count, message('CountRequest', { count: 0 })).status;
    } while (refused.code === 0);
    assert.equal(refused.code, UNAVAILABLE);
    assert.match(refused.details, /goes away/);

    let last;
    for (let next; !(next = await running.next()).done; ) {
      last = next.value.number;
    }
    assert.equal(last, 10);
    assert.equal((await connection.closed).code, 1001);
    await stopping;
  });

  for (const [what, signal, reason] of [
    ['is killed', 'SIGKILL', /./],
    ['hangs', 'SIGSTOP', /nothing was heard for 500 ms/],
  ]) {
    test(`ends its calls when the server ${what}`, async () => {
      const dying = await startServer();
      connection.close();
      connection = new MuxConnection(dying.url, { WebSocket, pingInterval: 500, pingTimeout: 500 });
      const call = started(methods.hang, message('HangRequest', { callId: randomUUID() }));
      await started(methods.echo, message('EchoRequest', {})).response();
      const begin = performance.now();
      dying.signal(signal);
      const { code, details } = await call.status;
      const took = performance.now() - begin;
      dying.signal('SIGKILL');
      await dying.stop();

      assert.equal(code, UNAVAILABLE);
      assert.match(details, reason);
      assert.ok(took < 10_000, `${took} ms`);
      assert.equal((await started(methods.echo, message('EchoRequest', {})).status).code, UNAVAILABLE);
    });
  }

  for (const [what, signal] of [['is killed', 'SIGKILL'], ['hangs', 'SIGSTOP']]) {
    test(`is given up by the server when the client ${what}`, async () => {
      const watching = await startServer('--ping-millis', '1000');
      const callId = randomUUID();
      const client = spawn(process.execPath, ['lib/hanging-client.js', watching.url, callId], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const exit = once(client, 'exit');
      await untilRunning(watching, callId);
      client.kill(signal);
      const outcome = await outcomeOf(watching, callId, 10_000);
      client.kill('SIGKILL');
      await exit;
      await watching.stop();

      assert.equal(outcome.outcome, 'CANCELLED');
    });
  }
});

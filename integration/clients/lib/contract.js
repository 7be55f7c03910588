// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { startServer } from './server.js';
import { outcomeOf, untilRunning } from './side-channel.js';

const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const FAILED_PRECONDITION = 9;
const UNIMPLEMENTED = 12;

const TEXT = 'Grüße, 世界 🌍';
const BYTES = Uint8Array.of(0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff);

/**
 * What a client may do differently from the others; each difference has its reason where it is
 * declared.
 *
 * @typedef {object} Differences
 * @property {'as they arrive' | 'at the end'} [messages] when the client delivers a stream's messages
 * @property {number | undefined} [afterCancel] the code that a cancelled call ends with
 * @property {(text: string) => string} [statusText] what the client makes of the status message
 * @property {string} [handshake] how requests come to the server: version of HTTP and method
 */

/**
 * The calls that every client makes, and what it must see of them.
 *
 * @param {string} name of the client
 * @param {(url: string, server: import('./server.js').TestServer) => (method: any, request: any,
 *     options?: import('./call.js').CallOptions) => Promise<import('./call.js').CallResult>} open
 * @param {Differences} [differences]
 */
export function contract(name, open, differences = {}) {
  const { messages, afterCancel, statusText, handshake } = {
    messages: 'as they arrive',
    afterCancel: CANCELLED,
    statusText: (text) => text,
    ...differences,
  };

  describe(name, { timeout: 60_000 }, () => {
    let server;
    let call;
    let methods;
    let message;

    before(async () => {
      server = await startServer();
      call = open(server.url, server);
      methods = server.schema.test;
      message = (type, fields) => server.schema.message(type, fields);
    });
    after(() => server?.stop());

    test('a unary call brings its response', async () => {
      const payload = new Uint8Array(20_000).map((_, index) => index);
      const result = await call(methods.echo, message('EchoRequest', { text: TEXT, payload }));

      assert.equal(result.code, 0);
      assert.equal(result.messages.length, 1);
      assert.equal(result.messages[0].text, TEXT);
      assert.deepEqual(result.messages[0].payload, payload);
    });

    test('an empty message is a message', async () => {
      const result = await call(methods.echo, message('EchoRequest', {}));

      assert.equal(result.code, 0);
      assert.deepEqual(result.messages.map(({ text }) => text), ['']);
    });

    test(`the messages of a stream are delivered ${messages}`, async () => {
      const callId = randomUUID();
      const seen = [];
      const result = await call(
        methods.count,
        message('CountRequest', { count: 5, intervalMs: 200, callId }),
        { onMessage: () => seen.push(outcomeOf(server, callId, 0)) },
      );

      assert.equal(result.code, 0);
      assert.deepEqual(result.messages.map(({ number }) => number), [1, 2, 3, 4, 5]);
      const outcomes = (await Promise.all(seen)).map(({ outcome }) => outcome);
      const expected = messages === 'as they arrive' ? 'RUNNING' : 'COMPLETED';
      // The last ones may be asked for when the server is done.
      assert.deepEqual(outcomes.slice(0, 2), [expected, expected]);
    });

    test('a stream without messages ends', async () => {
      const result = await call(methods.count, message('CountRequest', { count: 0 }));

      assert.equal(result.code, 0);
      assert.deepEqual(result.messages, []);
    });

    test('a fast stream of two megabytes comes whole and in order', async () => {
      const request = message('CountRequest', { count: 2_000, payloadSize: 1_000 });
      const result = await call(methods.count, request);

      assert.equal(result.code, 0);
      assert.deepEqual(
        result.messages.map(({ number }) => number),
        Array.from({ length: 2_000 }, (_, index) => index + 1),
      );
      assert.ok(result.messages.every(({ payload }) => payload.length === 1_000));
    });

    test('a failed unary call tells code, message and details', async () => {
      const request = message('FailRequest', { code: FAILED_PRECONDITION, message: `100 % ${TEXT}` });
      const result = await call(methods.failUnary, request);

      assert.deepEqual(result.messages, []);
      assertFailure(result, request);
    });

    test('a stream that fails tells code, message and details after its messages', async () => {
      const request = message('FailRequest', {
        code: FAILED_PRECONDITION, message: `100 % ${TEXT}`, responses: 2,
      });
      const result = await call(methods.fail, request);

      assert.deepEqual(result.messages.map(({ number }) => number), [1, 2]);
      assertFailure(result, request);
    });

    test('a stream that fails at once tells code, message and details', async () => {
      const request = message('FailRequest', { code: FAILED_PRECONDITION, message: 'no' });
      const result = await call(methods.fail, request);

      assert.deepEqual(result.messages, []);
      assertFailure(result, request);
    });

    test('metadata of a unary call comes back as headers and as trailers', async () => {
      const request = message('EchoRequest', { text: TEXT });
      assertMetadata(await call(methods.echo, request, { metadata: METADATA }));
    });

    test('metadata of a stream comes back as headers and as trailers', async () => {
      const request = message('CountRequest', { count: 2 });
      assertMetadata(await call(methods.count, request, { metadata: METADATA }));
    });

    test('a call ends at its deadline, for the client and for the server', async () => {
      const callId = randomUUID();
      const result = await call(methods.hang, message('HangRequest', { callId }), { timeoutMs: 300 });

      assert.equal(result.code, DEADLINE_EXCEEDED);
      assert.deepEqual(
        await outcomeOf(server, callId), { outcome: 'CANCELLED', hadDeadline: true });
    });

    test('a stream ends at its deadline after the messages before it', async () => {
      const callId = randomUUID();
      const request = message('CountRequest', { count: 100_000, intervalMs: 20, callId });
      const result = await call(methods.count, request, { timeoutMs: 1_000 });

      assert.equal(result.code, DEADLINE_EXCEEDED);
      assert.ok(result.messages.length > 1, `${result.messages.length} messages`);
      assert.deepEqual(
        await outcomeOf(server, callId), { outcome: 'CANCELLED', hadDeadline: true });
    });

    test('a cancelled stream is cancelled on the server', async () => {
      const callId = randomUUID();
      const abort = new AbortController();
      let received = 0;
      const running = call(
        methods.count,
        message('CountRequest', { count: 100_000, intervalMs: 10, callId }),
        {
          signal: abort.signal,
          onMessage() {
            received++;
            if (received === 3) {
              abort.abort();
            }
          },
        },
      );
      if (messages === 'at the end') {
        await untilRunning(server, callId);
        abort.abort();
      }
      const result = await running;

      assert.equal(result.code, afterCancel);
      // Of what had arrived with the third message, more may be delivered.
      assert.ok(messages === 'at the end' ? received === 0 : received < 20, `${received} messages`);
      assert.deepEqual(
        await outcomeOf(server, callId), { outcome: 'CANCELLED', hadDeadline: false });
    });

    if (handshake) {
      test(`its way to the server is ${handshake}`, async () => {
        const { headers } = await call(methods.echo, message('EchoRequest', { text: TEXT }));
        assert.equal(headers['echo-handshake'], handshake);
      });
    }

    test('an unknown method is UNIMPLEMENTED', async () => {
      const result = await call(server.schema.unserved.echo, message('EchoRequest', {}));

      assert.equal(result.code, UNIMPLEMENTED);
      assert.deepEqual(result.messages, []);
    });

    const METADATA = {
      'echo-text': 'one, two; three',
      'echo-bytes-bin': BYTES,
      'trail-text': 'four "five"',
      'trail-bytes-bin': BYTES,
    };

    function assertMetadata({ code, headers, trailers }) {
      assert.equal(code, 0);
      assert.equal(headers['echo-text'], 'one, two; three');
      assert.deepEqual(Uint8Array.from(headers['echo-bytes-bin']), BYTES);
      assert.equal(trailers['trail-text'], 'four "five"');
      assert.deepEqual(Uint8Array.from(trailers['trail-bytes-bin']), BYTES);
    }

    function assertFailure({ code, text, trailers }, request) {
      assert.equal(code, request.code);
      assert.equal(text, statusText(request.message));
      const status = server.schema.statusOf(trailers['grpc-status-details-bin']);
      assert.deepEqual(status, { code: request.code, message: request.message, details: [request] });
    }
  });
}

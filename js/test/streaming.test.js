// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { GrpcWebClientBase, StatusCode } from '../src/index.js';
import { ascii, base64, concat, data, frame, hex, splits, trailers } from '../testing/bytes.js';
import { bodyOf, Reply, serve } from '../testing/server.js';
import { FORMATS, openRecorded, STREAM, Text } from '../testing/strings.js';

const OK = trailers('grpc-status: 0');

for (const format of FORMATS) {
  describe(`a server stream in ${format} mode`, () => {
    it('delivers each message when it arrives', async (t) => {
      let reply;
      const url = await serve(t, (request, response) => {
        reply = new Reply(request, response).head({ 'x-first': 'early' });
      });
      const call = openRecorded(url, { format });
      await call.until('metadata');
      for (let i = 1; i <= 3; i++) {
        reply.write(data(`message ${i}`));
        await call.until('data', i); // The server sends the next one only when this one is there.
      }
      reply.end(OK);
      await call.until('end');
      assert.deepEqual(call.names(), ['metadata', 'data', 'data', 'data', 'status', 'end']);
      assert.deepEqual(call.texts(), ['message 1', 'message 2', 'message 3']);
      assert.equal(call.value('metadata')['x-first'], 'early');
      assert.deepEqual(call.value('status'), { code: 0, details: '', metadata: {} });
    });

    it('sends one framed message and the headers of the protocol', async (t) => {
      let seen;
      const url = await serve(t, async (request, response) => {
        seen = { request, body: await bodyOf(request) };
        new Reply(request, response).head().end(OK);
      });
      await openRecorded(url, { format }, { Authorization: 'Bearer x', 'trace-bin': 'AAE=' }).until('end');
      const { method, url: path, headers } = seen.request;
      const type = format === 'text' ? 'application/grpc-web-text' : 'application/grpc-web+proto';
      assert.equal(`${method} ${path}`, 'POST /test.Strings/Many');
      assert.equal(headers['content-type'], type);
      assert.equal(headers.accept, type);
      assert.equal(headers['x-grpc-web'], '1');
      assert.match(headers['x-user-agent'], /^grpcweb-javascript\//);
      assert.equal(headers.authorization, 'Bearer x');
      assert.equal(headers['trace-bin'], 'AAE=');
      assert.equal(headers['grpc-timeout'], undefined);
      const expected = data('hello');
      assert.deepEqual(seen.body, format === 'text' ? ascii(base64(expected)) : expected);
    });

    it('tells an error after messages', async (t) => {
      const fields = ['grpc-message: 100%25%20%E6%BB%A1', 'grpc-status-details-bin: CAg', 'x: y'];
      const failure = trailers('grpc-status: 8', ...fields);
      const url = await serve(t, (request, response) => {
        new Reply(request, response).head().end(data('a'), failure);
      });
      const call = openRecorded(url, { format });
      await call.until('end');
      assert.deepEqual(call.names(), ['metadata', 'data', 'error', 'status', 'end']);
      const error = call.value('error');
      assert.equal(String(error), 'RpcError(RESOURCE_EXHAUSTED): 100% 满');
      assert.deepEqual(error.metadata, { 'grpc-status-details-bin': 'CAg', x: 'y' });
      assert.deepEqual(call.value('status'), { code: 8, details: '100% 满', metadata: error.metadata });
    });

    it('tells an error that the headers hold', async (t) => {
      const url = await serve(t, (request, response) => {
        const status = { 'grpc-status': '7', 'grpc-message': 'not%20you' };
        new Reply(request, response).head({ ...status, 'grpc-status-details-bin': 'CAc', 'x-why': 'z' }).end();
      });
      const call = openRecorded(url, { format });
      await call.until('status');
      assert.deepEqual(call.names(), ['metadata', 'error', 'status']);
      const error = call.value('error');
      assert.equal(String(error), 'RpcError(PERMISSION_DENIED): not you');
      assert.equal(error.metadata['grpc-status-details-bin'], 'CAc');
      assert.equal(error.metadata['x-why'], 'z');
      assert.equal(error.metadata['grpc-status'], undefined);
    });

    it('accepts an OK that the headers hold, if there is no body', async (t) => {
      const url = await serve(t, (request, response) => {
        new Reply(request, response).head({ 'grpc-status': '0' }).end();
      });
      const call = openRecorded(url, { format });
      await call.until('end');
      assert.deepEqual(call.names(), ['metadata', 'status', 'end']);
    });

    it('fails when the body ends without trailers', async (t) => {
      const url = await serve(t, (request, response) => {
        new Reply(request, response).head({ 'grpc-status': '0' }).end(data('a'));
      });
      const call = openRecorded(url, { format });
      await call.until('status');
      assert.deepEqual(call.names(), ['metadata', 'data', 'error', 'status']);
      assert.equal(String(call.value('error')), 'RpcError(INTERNAL): the response ended without trailers');
    });

    it('fails when the body ends inside a frame, wherever that is', async (t) => {
      const whole = concat(data('abc'), OK);
      let length = 0;
      const url = await serve(t, (request, response) => {
        new Reply(request, response).head().end(whole.subarray(0, length));
      });
      for (length = 0; length < whole.length; length += 3) {
        const call = openRecorded(url, { format });
        await call.until('status');
        assert.equal(call.value('error').code, StatusCode.INTERNAL, `after ${length} bytes`);
        assert.equal(call.names().includes('end'), false);
      }
    });

    it('fails when the connection breaks', async (t) => {
      const url = await serve(t, async (request, response) => {
        await new Reply(request, response).head().write(data('a'));
        response.destroy();
      });
      const call = openRecorded(url, { format });
      await call.until('status');
      assert.deepEqual(call.names(), ['metadata', 'data', 'error', 'status']);
      assert.equal(call.value('error').code, StatusCode.UNAVAILABLE);
    });

    it('refuses a message over the limit and hangs up', async (t) => {
      let closed;
      const url = await serve(t, (request, response) => {
        closed = once(response, 'close');
        new Reply(request, response).head().write(concat(data('small'), frame(0, new Uint8Array(101))));
      });
      const call = openRecorded(url, { format, maxReceiveMessageSize: 100 });
      await call.until('status');
      await closed;
      assert.deepEqual(call.names(), ['metadata', 'data', 'error', 'status']);
      assert.equal(call.value('error').code, StatusCode.RESOURCE_EXHAUSTED);
    });

    it('has a limit of 4 MiB by default and none for 0', async (t) => {
      const size = 4 * 1024 * 1024;
      let extra = 0;
      const url = await serve(t, (request, response) => {
        new Reply(request, response).head().end(data('x'.repeat(size + extra)), OK);
      });
      const atLimit = openRecorded(url, { format });
      await atLimit.until('end');
      assert.equal(atLimit.texts()[0].length, size);
      extra = 1;
      const over = openRecorded(url, { format });
      await over.until('status');
      assert.equal(over.value('error').code, StatusCode.RESOURCE_EXHAUSTED);
      const unlimited = openRecorded(url, { format, maxReceiveMessageSize: 0 });
      await unlimited.until('end');
      assert.equal(unlimited.texts()[0].length, size + 1);
    });

    it('aborts the request when cancelled, without a further event', async (t) => {
      let closed;
      const url = await serve(t, (request, response) => {
        closed = once(response, 'close');
        new Reply(request, response).head().write(data('a'));
      });
      const call = openRecorded(url, { format });
      await call.until('data');
      call.stream.cancel();
      await closed;
      call.stream.cancel();
      await new Promise(setImmediate);
      assert.deepEqual(call.names(), ['metadata', 'data']);
    });

    it('delivers no message of the same chunk after cancel', async (t) => {
      const url = await serve(t, (request, response) => {
        new Reply(request, response).head().end(concat(data('a'), data('b'), OK));
      });
      const call = openRecorded(url, { format });
      call.stream.on('data', () => call.stream.cancel());
      await call.until('data');
      await new Promise(setImmediate);
      assert.deepEqual(call.texts(), ['a']);
      assert.equal(call.value('status'), undefined);
    });

    it('can be cancelled before the response', async (t) => {
      let tellArrival;
      const arrival = new Promise((resolve) => (tellArrival = resolve));
      const url = await serve(t, (_, response) => tellArrival({ closed: once(response, 'close') }));
      const call = openRecorded(url, { format });
      const { closed } = await arrival;
      call.stream.cancel();
      await closed;
      assert.deepEqual(call.names(), []);
    });

    it('ends at the deadline and hangs up', async (t) => {
      let timeout;
      let closed;
      const url = await serve(t, (request, response) => {
        timeout = request.headers['grpc-timeout'];
        closed = once(response, 'close');
        new Reply(request, response).head().write(data('a'));
      });
      const call = openRecorded(url, { format }, { deadline: String(Date.now() + 1000) });
      await call.until('status');
      await closed;
      assert.match(timeout, /^\d{1,4}m$/);
      assert.equal(String(call.value('error')), 'RpcError(DEADLINE_EXCEEDED): the deadline has passed');
      assert.deepEqual(call.names(), ['metadata', 'data', 'error', 'status']);
    });

    it('does not ask a server when the deadline has passed', async (t) => {
      let asked = false;
      const url = await serve(t, () => (asked = true));
      const call = openRecorded(url, { format }, { deadline: String(Date.now() - 1) });
      assert.deepEqual(call.events, []);
      await call.until('status');
      assert.equal(call.value('error').code, StatusCode.DEADLINE_EXCEEDED);
      assert.equal(asked, false);
    });

    it('sends a far deadline in eight digits', async (t) => {
      let timeout;
      const url = await serve(t, (request, response) => {
        timeout = request.headers['grpc-timeout'];
        new Reply(request, response).head().end(OK);
      });
      await openRecorded(url, { format }, { deadline: String(Date.now() + 99_999_999_950) }).until('end');
      assert.match(timeout, /^\d{1,8}[SMH]$/);
    });

    it('finishes at the trailers, even if the body does not end', async (t) => {
      const url = await serve(t, (request, response) => {
        new Reply(request, response).head().write(concat(data('a'), OK));
      });
      const call = openRecorded(url, { format });
      await call.until('end');
      assert.deepEqual(call.names(), ['metadata', 'data', 'status', 'end']);
    });

    it('hangs up when more follows the trailers, which it ignores', async (t) => {
      let closed;
      const url = await serve(t, async (request, response) => {
        closed = once(response, 'close');
        const reply = new Reply(request, response).head();
        await reply.write(OK);
        while (!response.closed) {
          await reply.write(data('late'));
          await new Promise(setImmediate);
        }
      });
      const call = openRecorded(url, { format });
      await call.until('end');
      await closed;
      assert.deepEqual(call.names(), ['metadata', 'status', 'end']);
    });

    it('tells no other listener of a message once one has cancelled', async (t) => {
      const url = await serve(t, (request, response) => new Reply(request, response).head().end(data('a'), OK));
      const { stream } = openRecorded(url, { format });
      const second = t.mock.fn();
      await new Promise((resolve) => {
        stream.on('data', () => resolve(stream.cancel())).on('data', second);
      });
      await new Promise(setImmediate);
      assert.equal(second.mock.callCount(), 0);
    });

    it('goes on when a callback throws, and reports that', async (t) => {
      const url = await serve(t, (request, response) => {
        new Reply(request, response).head().end(data('a'), data('b'), OK);
      });
      const reported = t.mock.fn();
      globalThis.reportError = reported;
      t.after(() => delete globalThis.reportError);
      const bug = new Error('a bug in the page');
      const call = openRecorded(url, { format });
      call.stream.on('data', () => {
        throw bug;
      });
      await call.until('end');
      assert.deepEqual(call.texts(), ['a', 'b']);
      assert.deepEqual(
        reported.mock.calls.map((each) => each.arguments[0]),
        [bug, bug],
      );
    });

    it('stops calling a removed listener', async (t) => {
      const url = await serve(t, (request, response) => {
        new Reply(request, response).head().end(data('a'), data('b'), OK);
      });
      const call = openRecorded(url, { format });
      const once = t.mock.fn(() => call.stream.removeListener('data', once));
      call.stream.on('data', once);
      await call.until('end');
      assert.equal(once.mock.callCount(), 1);
    });

    it('keeps memory bounded on a long stream', { timeout: 60_000 }, async (t) => {
      const burst = concat(...Array.from({ length: 64 }, () => data('x'.repeat(1019))));
      const bursts = 2000; // 128 MiB
      const url = await serve(t, async (request, response) => {
        const reply = new Reply(request, response).head();
        for (let i = 0; i < bursts; i++) {
          await reply.write(burst);
        }
        reply.end(OK);
      });
      const stream = new GrpcWebClientBase({ format }).serverStreaming(url + STREAM.getName(), new Text(), {}, STREAM);
      let count = 0;
      let peak = 0;
      stream.on('data', () => {
        if (++count % 4096 === 0) {
          const { heapUsed, arrayBuffers } = process.memoryUsage();
          peak = Math.max(peak, heapUsed + arrayBuffers);
        }
      });
      await new Promise((resolve) => stream.on('end', resolve));
      assert.equal(count, 64 * bursts);
      assert.ok(peak < 100_000_000, `peak of ${peak} bytes`);
    });
  });
}

describe('a response', () => {
  const VECTOR = ascii('AAAAAAUKA2FiYw==gAAAABBncnBjLXN0YXR1czogMA0K');

  it('in text mode may be cut anywhere', async () => {
    for (const chunks of splits(VECTOR)) {
      const call = openRecorded('http://unused', { fetch: answering('application/grpc-web-text', chunks) });
      await call.until('end');
      assert.deepEqual(call.texts(), ['\n\x03abc']);
    }
  });

  it('in binary mode may be cut anywhere', async () => {
    const bytes = concat(hex('00 00000005 0a03616263'), OK);
    for (const chunks of splits(bytes)) {
      const call = openRecorded('http://unused', { fetch: answering('application/grpc-web', chunks) });
      await call.until('end');
      assert.deepEqual(call.texts(), ['\n\x03abc']);
    }
  });

  it('is read in the mode that its content type tells', async () => {
    const bytes = concat(data('abc'), OK);
    const binary = openRecorded('http://unused', {
      format: 'text',
      fetch: answering('application/grpc-web+proto', [bytes]),
    });
    await binary.until('end');
    assert.deepEqual(binary.texts(), ['abc']);
    const text = openRecorded('http://unused', {
      format: 'binary',
      fetch: answering('application/grpc-web-text+proto', [ascii(base64(bytes))]),
    });
    await text.until('end');
    assert.deepEqual(text.texts(), ['abc']);
  });

  it('that a platform cannot stream is read at its end', async () => {
    const whole = concat(data('abc'), OK);
    const fetch = async () => ({
      ok: true,
      status: 200,
      headers: new Headers({ 'content-type': 'application/grpc-web' }),
      body: null,
      arrayBuffer: async () => whole.buffer,
    });
    const call = openRecorded('http://unused', { fetch });
    await call.until('end');
    assert.deepEqual(call.texts(), ['abc']);
  });

  it('with bad base64 is an error', async () => {
    const fetch = answering('application/grpc-web-text', [ascii('AAAAAAUKA2FiYw=='), ascii('<html>')]);
    const call = openRecorded('http://unused', { fetch });
    await call.until('status');
    assert.deepEqual(call.texts(), ['\n\x03abc']);
    assert.match(String(call.value('error')), /RpcError\(INTERNAL\): received a character that is no base64: 0x3c/);
  });

  it('that is not gRPC-Web is an error', async () => {
    for (const type of ['text/html', undefined]) {
      const call = openRecorded('http://unused', { fetch: answering(type, [ascii('<html>')]) });
      await call.until('status');
      assert.equal(call.value('error').code, StatusCode.UNKNOWN);
      assert.match(call.value('error').message, new RegExp(`content type "${type ?? ''}"`));
    }
  });

  it('with an HTTP error is mapped to a code', async () => {
    for (const [http, code] of /** @type {const} */ ([[401, 16], [403, 7], [404, 5], [503, 14], [500, 2]])) {
      const fetch = answering('text/html', [ascii('<html>')], { status: http });
      const call = openRecorded('http://unused', { fetch });
      await call.until('status');
      assert.equal(call.value('error').code, code);
      assert.equal(call.value('error').message, `HTTP status ${http}`);
      assert.deepEqual(call.names(), ['metadata', 'error', 'status']);
    }
  });

  it('with an HTTP error and a gRPC status keeps the gRPC status', async () => {
    const headers = { 'grpc-status': '16', 'grpc-message': 'log%20in' };
    const call = openRecorded('http://unused', { fetch: answering('text/html', [], { status: 403, headers }) });
    await call.until('status');
    assert.equal(String(call.value('error')), 'RpcError(UNAUTHENTICATED): log in');
  });

  it('that never comes is UNAVAILABLE', async () => {
    const call = openRecorded('http://unused', {
      fetch: async () => {
        throw new TypeError('Failed to fetch');
      },
    });
    await call.until('status');
    assert.equal(String(call.value('error')), 'RpcError(UNAVAILABLE): network error: Failed to fetch');
  });
});

describe('a request', () => {
  it('with metadata that HTTP cannot carry fails with the name of the key', async () => {
    for (const metadata of [{ 'bad key': 'x' }, { x: 'a\r\nb' }, { x: '错' }]) {
      const call = openRecorded('http://unused', {}, metadata);
      assert.deepEqual(call.events, []);
      await call.until('status');
      assert.equal(call.value('error').code, StatusCode.INTERNAL);
      assert.match(call.value('error').message, /^metadata "(bad key|x)" cannot be sent/);
    }
  });

  it('sends cookies to other origins only if told', async () => {
    const credentials = [];
    const fetch = async (_, init) => {
      credentials.push(init.credentials);
      return answering('application/grpc-web', [OK])();
    };
    await openRecorded('http://unused', { fetch }).until('end');
    await openRecorded('http://unused', { fetch, withCredentials: true }).until('end');
    assert.deepEqual(credentials, ['same-origin', 'include']);
  });

  it('has its headers in the URL if there must be no preflight', async () => {
    let seen;
    const fetch = async (url, init) => {
      seen = { url: new URL(url), init };
      return answering('application/grpc-web', [OK])();
    };
    await openRecorded('http://unused', { fetch, suppressCorsPreflight: true }, { 'x-key': 'a b' }).until('end');
    assert.equal(seen.init.headers, undefined);
    assert.equal(typeof seen.init.body, 'string');
    const block = seen.url.searchParams.get('$httpHeaders');
    assert.ok(block.split('\r\n').includes('content-type:application/grpc-web-text'));
    assert.ok(block.split('\r\n').includes('x-key:a b'));
    assert.ok(block.endsWith('\r\n'));
  });
});

/**
 * A fetch that answers with these chunks.
 *
 * @param {string | undefined} type
 * @param {Uint8Array[]} chunks
 * @param {{ status?: number, headers?: Record<string, string> }} [head]
 */
function answering(type, chunks, { status = 200, headers = {} } = {}) {
  return async () => {
    const body = new ReadableStream({
      start(controller) {
        chunks.forEach((chunk) => controller.enqueue(chunk));
        controller.close();
      },
    });
    return new Response(body, { status, headers: type ? { 'content-type': type, ...headers } : headers });
  };
}

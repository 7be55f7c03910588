// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { GrpcWebClientBase, RpcError, StatusCode } from '../src/index.js';
import { data, trailers } from '../testing/bytes.js';
import { Reply, serve } from '../testing/server.js';
import { FORMATS, STREAM, Text, UNARY } from '../testing/strings.js';

const OK = trailers('grpc-status: 0');

/** @returns {Promise<[RpcError | null, Text | null]>} the arguments of the callback */
function callback(client, url, metadata = {}) {
  return new Promise((resolve) => {
    client.rpcCall(url + UNARY.getName(), new Text('q'), metadata, UNARY, (...args) => resolve(args));
  });
}

const promise = (client, url, options) => client.unaryCall(url + UNARY.getName(), new Text('q'), {}, UNARY, options);

for (const format of FORMATS) {
  describe(`a unary call in ${format} mode`, () => {
    it('answers by callback and by promise', async (t) => {
      const url = await serve(t, (request, response) => {
        assert.equal(request.url, '/test.Strings/One');
        new Reply(request, response).head().end(data('answer'), OK);
      });
      const client = new GrpcWebClientBase({ format });
      assert.deepEqual(await callback(client, url), [null, new Text('answer')]);
      assert.deepEqual(await promise(client, url), new Text('answer'));
      const thenable = client.thenableCall(url + UNARY.getName(), new Text('q'), {}, UNARY);
      assert.deepEqual(await thenable, new Text('answer'));
    });

    it('accepts a message without bytes', async (t) => {
      const url = await serve(t, (request, response) => new Reply(request, response).head().end(data(''), OK));
      assert.deepEqual(await promise(new GrpcWebClientBase({ format }), url), new Text(''));
    });

    it('fails with the status, from trailers or headers', async (t) => {
      const url = await serve(t, (request, response) => {
        const reply = new Reply(request, response);
        if (request.headers['in-headers']) {
          reply.head({ 'grpc-status': '5', 'grpc-message': 'no%20%E2%82%AC', 'x-more': '1' }).end();
        } else {
          reply.head().end(trailers('grpc-status: 5', 'grpc-message: no%20%E2%82%AC', 'x-more: 1'));
        }
      });
      const client = new GrpcWebClientBase({ format });
      for (const metadata of [{}, { 'in-headers': 'yes' }]) {
        const [error, response] = await callback(client, url, metadata);
        assert.ok(error instanceof RpcError);
        assert.equal(String(error), 'RpcError(NOT_FOUND): no €');
        assert.equal(error.metadata['x-more'], '1');
        assert.equal(response, null);
        const call = client.unaryCall(url + UNARY.getName(), new Text(), metadata, UNARY);
        await assert.rejects(call, { name: 'RpcError', code: 5, message: 'no €' });
      }
    });

    it('fails without a message, with two, and without trailers', async (t) => {
      const bodies = { '/none': [OK], '/two': [data('a'), data('b'), OK], '/cut': [data('a')] };
      const url = await serve(t, (request, response) => {
        const [prefix] = Object.keys(bodies).filter((each) => request.url.startsWith(each));
        new Reply(request, response).head().end(...bodies[prefix]);
      });
      const client = new GrpcWebClientBase({ format });
      const failure = async (path) => String((await callback(client, url + path))[0]);
      assert.equal(await failure('/none'), 'RpcError(UNKNOWN): Incomplete response');
      assert.equal(await failure('/two'), 'RpcError(INTERNAL): received 2 messages for a unary call');
      assert.equal(await failure('/cut'), 'RpcError(INTERNAL): the response ended without trailers');
    });

    it('is aborted by its signal', async (t) => {
      let closed;
      let tellArrival;
      const arrival = new Promise((resolve) => (tellArrival = resolve));
      const url = await serve(t, (_, response) => {
        closed = once(response, 'close');
        tellArrival();
      });
      const abort = new AbortController();
      const call = promise(new GrpcWebClientBase({ format }), url, { signal: abort.signal });
      await arrival;
      abort.abort('enough');
      await assert.rejects(call, { code: StatusCode.CANCELLED, message: 'Aborted', cause: 'enough' });
      await closed;
      await assert.rejects(promise(new GrpcWebClientBase({ format }), url, { signal: abort.signal }), { code: 1 });
    });
  });
}

describe('a callback call', () => {
  it('returns a stream of metadata, status and end', async (t) => {
    const url = await serve(t, (request, response) => {
      const last = trailers('grpc-status: 0', 'x-last: 2');
      new Reply(request, response).head({ 'x-first': '1' }).end(data('answer'), last);
    });
    const events = [];
    await new Promise((resolve) => {
      const stream = new GrpcWebClientBase().rpcCall(url + UNARY.getName(), new Text(), {}, UNARY, () =>
        events.push('callback'),
      );
      const removed = () => events.push('removed');
      const returned = stream
        .on('end', removed)
        .removeListener('end', removed)
        .on('data', () => events.push('data'))
        .on('error', () => events.push('error'))
        .on('metadata', (metadata) => events.push(`metadata ${metadata['x-first']}`))
        .on('status', (status) => events.push(`status ${status.code} ${status.metadata['x-last']}`))
        .on('end', () => resolve(events.push('end')));
      assert.equal(returned, stream);
    });
    assert.deepEqual(events, ['metadata 1', 'status 0 2', 'callback', 'end']);
  });

  it('needs no metadata', async (t) => {
    const url = await serve(t, (request, response) => new Reply(request, response).head().end(data('x'), OK));
    assert.deepEqual(await callback(new GrpcWebClientBase(), url, null), [null, new Text('x')]);
  });

  it('hears nothing after cancel', async (t) => {
    let closed;
    let tellArrival;
    const arrival = new Promise((resolve) => (tellArrival = resolve));
    const url = await serve(t, (_, response) => {
      closed = once(response, 'close');
      tellArrival();
    });
    const answered = t.mock.fn();
    const stream = new GrpcWebClientBase().rpcCall(url + UNARY.getName(), new Text(), {}, UNARY, answered);
    await arrival;
    stream.cancel();
    await closed;
    await new Promise(setImmediate);
    assert.equal(answered.mock.callCount(), 0);
  });

  it('fails when the message cannot be serialized or deserialized', async (t) => {
    const url = await serve(t, (request, response) => new Reply(request, response).head().end(data('x'), OK));
    const client = new GrpcWebClientBase();
    const broken = () => {
      throw new Error('broken codec');
    };
    const call = (serialize, deserialize) => {
      const descriptor = new UNARY.constructor('/test.Strings/One', 'unary', Text, Text, serialize, deserialize);
      return client.unaryCall(url + descriptor.name, new Text(), {}, descriptor);
    };
    await assert.rejects(call(broken, UNARY.getResponseDeserializeFn()), { code: 13, message: /broken codec/ });
    await assert.rejects(call(UNARY.getRequestSerializeFn(), broken), { code: 13, message: /broken codec/ });
  });

  it('sends the message as it was when the call was made', async (t) => {
    const bodies = [];
    const fetch = async (_, init) => {
      bodies.push(new TextDecoder().decode(init.body));
      throw new TypeError('unused');
    };
    const message = new Text('before');
    const client = new GrpcWebClientBase({ format: 'binary', fetch });
    const answered = new Promise((resolve) => client.rpcCall(`h${UNARY.name}`, message, {}, UNARY, resolve));
    message.text = 'after!';
    await answered;
    assert.match(bodies[0], /before$/);
  });
});

describe('interceptors', () => {
  const server = (t) =>
    serve(t, (request, response) => {
      const reply = new Reply(request, response).head({ 'x-path': String(request.headers['x-path']) });
      reply.end(data('answer'), trailers('grpc-status: 0', 'x-last: z'));
    });

  it('of promise calls wrap the call, the last one outermost', async (t) => {
    const url = await server(t);
    const order = [];
    const interceptor = (name) => ({
      async intercept(request, invoker) {
        order.push(`> ${name}`);
        request.getMetadata()['x-path'] = `${request.getMetadata()['x-path'] ?? ''}${name}`;
        const response = await invoker(request);
        order.push(`< ${name}`);
        return response;
      },
    });
    let seen;
    const look = {
      async intercept(request, invoker) {
        assert.deepEqual(request.getRequestMessage(), new Text('q'));
        assert.equal(request.getMethodDescriptor(), UNARY);
        seen = await invoker(request.withMetadata('x-other', '1'));
        return UNARY.createUnaryResponse(new Text(`${seen.getResponseMessage().text}!`), seen.getMetadata());
      },
    };
    const client = new GrpcWebClientBase({ unaryInterceptors: [look, interceptor('inner'), interceptor('outer')] });
    assert.deepEqual(await promise(client, url), new Text('answer!'));
    assert.deepEqual(order, ['> outer', '> inner', '< inner', '< outer']);
    assert.equal(seen.getMetadata()['x-path'], 'outerinner');
    assert.deepEqual(seen.getStatus(), { code: 0, details: '', metadata: { 'x-last': 'z' } });
    assert.equal(seen.getMethodDescriptor(), UNARY);
  });

  it('of promise calls can give a call its signal', async () => {
    const abort = new AbortController();
    abort.abort();
    const interceptor = {
      intercept: (request, invoker) => invoker(request.withGrpcCallOption('signal', abort.signal)),
    };
    await assert.rejects(promise(new GrpcWebClientBase({ unaryInterceptors: [interceptor] }), 'http://unused'), {
      code: StatusCode.CANCELLED,
    });
  });

  it('do not change the metadata object of the caller', async (t) => {
    const url = await server(t);
    const adding = { intercept: (request, invoker) => invoker(request.withMetadata('x-path', 'added')) };
    const client = new GrpcWebClientBase({ unaryInterceptors: [adding], streamInterceptors: [adding] });
    const metadata = { 'x-key': '1' };
    assert.equal((await callback(client, url, metadata))[1].text, 'answer');
    await client.unaryCall(url + UNARY.getName(), new Text(), metadata, UNARY);
    assert.deepEqual(metadata, { 'x-key': '1' });
  });

  it('of streams apply to streams and callback calls, not to promise calls', async (t) => {
    const url = await server(t);
    const shouting = (mark) => ({
      intercept(request, invoker) {
        const stream = invoker(request);
        return {
          on(event, callback) {
            const wrapped = event === 'data' ? (message) => callback(new Text(message.text + mark)) : callback;
            stream.on(event, wrapped);
            return this;
          },
          removeListener() {
            return this;
          },
          cancel: () => stream.cancel(),
        };
      },
    });
    const client = new GrpcWebClientBase({ streamInterceptors: [shouting('!'), shouting('?')] });
    assert.equal((await callback(client, url))[1].text, 'answer!?');
    const stream = client.serverStreaming(url + STREAM.getName(), new Text(), {}, STREAM);
    const message = await new Promise((resolve) => stream.on('data', resolve));
    assert.equal(message.text, 'answer!?');
    assert.equal((await promise(client, url)).text, 'answer');
  });

  it('that swallow errors still leave the callback its status', async (t) => {
    const url = await serve(t, (request, response) => {
      new Reply(request, response).head().end(trailers('grpc-status: 9', 'grpc-message: later'));
    });
    const swallowing = {
      intercept(request, invoker) {
        const stream = invoker(request);
        const wrapper = { on: (event, callback) => (event === 'error' || stream.on(event, callback), wrapper) };
        return wrapper;
      },
    };
    const [error] = await callback(new GrpcWebClientBase({ streamInterceptors: [swallowing] }), url);
    assert.equal(String(error), 'RpcError(FAILED_PRECONDITION): later');
  });
});

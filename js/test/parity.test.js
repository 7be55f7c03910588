// SPDX-License-Identifier: Apache-2.0

// Runs one scripted server against the official client and this one, and compares what the
// application sees. What is meant to differ is listed in DIFFERENCES, with the reason.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import * as grpcweb from '../src/index.js';
import { ascii, concat, data, frame, trailers } from '../testing/bytes.js';
import { Reply, serve } from '../testing/server.js';
import { deserialize, FORMATS, serialize, Text } from '../testing/strings.js';

const require = createRequire(import.meta.url);
globalThis.XMLHttpRequest = require('xhr2');
const official = require('grpc-web');

const OK = trailers('grpc-status: 0', 'x-last: z');
const FAILURE = trailers('grpc-status: 5', 'grpc-message: no%20%E2%82%AC', 'grpc-status-details-bin: CAU=');
const FAILURE_FIELDS = { 'grpc-status': '7', 'grpc-message': 'not%20you', 'grpc-status-details-bin': 'CAc=' };
const FIRST = { 'x-first': 'a' };

/** What the server does, by name. @type {Record<string, (reply: Reply) => void>} */
const SCRIPTS = {
  'one message': (reply) => reply.head(FIRST).end(data('one'), OK),
  'an empty message': (reply) => reply.head().end(data(''), OK),
  'three messages': (reply) => reply.head(FIRST).end(data('one'), data('two'), data('three'), OK),
  'no message': (reply) => reply.head(FIRST).end(OK),
  'an error in trailers': (reply) => reply.head(FIRST).end(FAILURE),
  'an error after messages': (reply) => reply.head(FIRST).end(data('one'), data('two'), FAILURE),
  'an error in headers': (reply) => reply.head({ ...FIRST, ...FAILURE_FIELDS }).end(),
  'HTTP 401 of the right type': (reply) => reply.head(FIRST, 401).end(),
  'HTTP 503 of the right type': (reply) => reply.head(FIRST, 503).end(),
  'HTTP 401 with a page': (reply) => reply.head({ 'content-type': 'text/html' }, 401).end(ascii('<html>')),
  'a message over the limit': (reply) => reply.head().end(frame(0, new Uint8Array(5_000_000)), OK),
  'no trailers': (reply) => reply.head().end(data('one')),
  'no status in the trailers': (reply) => reply.head().end(data('one'), trailers('x: y')),
  'an end inside the trailers': (reply) => reply.head().end(concat(data('one'), OK.subarray(0, 10))),
  'no response': (reply) => reply.response.destroy(),
};

/** The scripts that end differently for the application here, and why. */
const DIFFERENCES = {
  stream: {
    'HTTP 401 with a page': 'the code tells the HTTP status; officially UNKNOWN comes first, for the type of the page',
    'HTTP 401 of the right type': 'the text names the HTTP status only',
    'HTTP 503 of the right type': 'the text names the HTTP status only',
    'a message over the limit': 'one error, with both sizes in its text; officially the stream goes on to an end',
    'no trailers': 'what was cut off is no success',
    'no status in the trailers': 'what has no status is no success',
    'an end inside the trailers': 'what was cut off is no success',
    'no response': 'UNAVAILABLE, as in every other gRPC client, with the reason',
    'an error in headers': 'the metadata of the error does not repeat content-type, grpc-status and grpc-message',
  },
  unary: {
    'no message': 'the error is an RpcError; officially it is a plain object without metadata',
    'three messages': 'a broken server is not answered by one of its messages',
    'HTTP 401 with a page': 'as for streams',
    'HTTP 401 of the right type': 'as for streams',
    'HTTP 503 of the right type': 'as for streams',
    'a message over the limit': 'as for streams',
    'no trailers': 'as for streams',
    'no status in the trailers': 'as for streams',
    'an end inside the trailers': 'as for streams',
    'no response': 'as for streams',
    'an error in headers': 'as for streams',
  },
};

/** The clients, and the event after whose handlers a call is over. */
const CLIENTS = [
  { api: official, last: 'metadata' },
  { api: grpcweb, last: 'status' },
];

for (const format of FORMATS) {
  describe(`like the official client, in ${format} mode,`, () => {
    for (const script of Object.keys(SCRIPTS)) {
      it(`a stream shows ${script}`, async (t) => {
        compare(await outcomes(t, format, script, streamEvents), DIFFERENCES.stream[script]);
      });

      it(`a callback call shows ${script}`, async (t) => {
        compare(await outcomes(t, format, script, callbackResult), DIFFERENCES.unary[script]);
      });

      it(`a promise call shows ${script}`, async (t) => {
        compare(await outcomes(t, format, script, promiseResult), DIFFERENCES.unary[script]);
      });
    }

    it('metadata are the same, but come with the headers and not at the end', async (t) => {
      const [theirs, ours] = await outcomes(t, format, 'three messages', streamMetadata);
      assert.deepEqual(theirs.metadata, ours.metadata);
      assert.equal(ours.metadata['x-first'], 'a');
      assert.deepEqual(ours.order, ['metadata', 'data', 'data', 'data', 'status', 'end']);
      assert.deepEqual(theirs.order, ['data', 'data', 'data', 'status', 'metadata', 'end']);
    });

    it('interceptors see the same', async (t) => {
      const [theirs, ours] = await outcomes(t, format, 'one message', intercepted);
      assert.deepEqual(theirs, ours);
      assert.equal(ours.length, 7);
    });
  });
}

/** What the official client and this one show of a script. */
async function outcomes(t, format, script, observe) {
  const url = await serve(t, (request, response) => SCRIPTS[script](new Reply(request, response)));
  const seen = [];
  for (const { api, last } of CLIENTS) {
    const type = observe === streamEvents || observe === streamMetadata ? 'server_streaming' : 'unary';
    const method = new api.MethodDescriptor('/test.Strings/Any', type, Text, Text, serialize, deserialize);
    seen.push(await observe({ api, last, format, method, url: url + method.name }));
  }
  return seen;
}

function compare([theirs, ours], difference) {
  if (difference) {
    assert.notDeepEqual(ours, theirs, `no difference any more: ${difference}`);
  } else {
    assert.deepEqual(ours, theirs);
  }
}

async function allEvents({ api, last, format, method, url }) {
  const stream = new api.GrpcWebClientBase({ format }).serverStreaming(url, new Text('q'), {}, method);
  const events = [];
  for (const name of ['data', 'error', 'status', 'metadata', 'end']) {
    stream.on(name, (value) => events.push([name, plain(value)]));
  }
  await new Promise((resolve) => stream.on(last, () => setImmediate(resolve)));
  return events;
}

async function streamEvents(call) {
  return (await allEvents(call)).filter(([name]) => name !== 'metadata');
}

async function streamMetadata(call) {
  const events = await allEvents(call);
  const { date, ...metadata } = events.find(([name]) => name === 'metadata')[1];
  return { metadata, order: events.map(([name]) => name) };
}

function callbackResult({ api, format, method, url }) {
  const client = new api.GrpcWebClientBase({ format });
  return new Promise((resolve) => {
    client.rpcCall(url, new Text('q'), {}, method, (error, response) => resolve([plain(error), plain(response)]));
  });
}

async function promiseResult({ api, format, method, url }) {
  const call = new api.GrpcWebClientBase({ format }).unaryCall(url, new Text('q'), {}, method);
  return call.then(plain, plain);
}

async function intercepted({ api, format, method, url }) {
  const seen = [];
  const interceptor = (name) => ({
    async intercept(request, invoker) {
      seen.push(`${name} before`, request.getMethodDescriptor().getName());
      const response = await invoker(request);
      seen.push(`${name} after ${response.getResponseMessage().text}`);
      return response;
    },
  });
  const unaryInterceptors = [interceptor('first'), interceptor('last')];
  const client = new api.GrpcWebClientBase({ format, unaryInterceptors });
  seen.push((await client.unaryCall(url, new Text('q'), {}, method)).text);
  return seen;
}

/** Fields that can be compared; the names of classes differ and so does the date. */
function plain(value) {
  if (value === null || value === undefined || value instanceof Text) {
    return value?.text;
  }
  const { date, ...fields } = { ...value, ...(value instanceof Error ? { message: value.message } : {}) };
  if (fields.metadata) {
    const { date: _, ...metadata } = fields.metadata;
    fields.metadata = metadata;
  }
  return fields;
}

// SPDX-License-Identifier: Apache-2.0

// What a browser's page runs: the clients that have WebSockets, called from outside by `ByPage`. What
// goes between the two is JSON, with bytes in base64.

import improbable from '@improbable-eng/grpc-web';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { WebsocketTransport } from 'nice-grpc-web';

import { openImprobable } from '../clients/improbable.js';
import { openMux } from '../clients/mux.js';
import { openNice } from '../clients/nice.js';
import { SCENARIOS } from './mux-scenarios.js';
import { base64Decode, base64Encode, packed, unpacked } from './packed.js';
import { Schema } from './schema.js';

const CLIENTS = {
  improbable: openImprobable(() => improbable.grpc.WebsocketTransport()),
  nice: openNice(WebsocketTransport()),
  mux: openMux(globalThis.WebSocket),
};

let server;
let call;
const aborts = new Map();
const requests = new Map();

globalThis.page = {
  /** @param {{ client: string, url: string, descriptors: string }} settings */
  open({ client, url, descriptors }) {
    server = { url, schema: new Schema(descriptors) };
    call = CLIENTS[client]?.(url);
  },

  /** A scenario of many calls on one WebSocket. @param {[string, any]} of */
  play([scenario, args]) {
    const { WebSocket, pageBegun: begun } = globalThis;
    return SCENARIOS[scenario]({ server, WebSocket, args, begun });
  },

  /** @param {{ id: string, service: string, method: string, request: string | null, options: any }} of */
  async call({ id, service, method: name, request, options: { metadata, timeoutMs } }) {
    const method = server.schema.method(service, name);
    const abort = new AbortController();
    aborts.set(id, abort);
    const result = await call(
      method,
      request === null ? streamOf(id, method.input) : fromBinary(method.input, base64Decode(request)),
      {
        metadata: unpacked(metadata),
        timeoutMs,
        signal: abort.signal,
        onMessage: (message) => globalThis.pageMessage(id, base64Encode(toBinary(method.output, message))),
      },
    );
    return {
      ...result,
      messages: result.messages.map((message) => base64Encode(toBinary(method.output, message))),
      headers: packed(result.headers),
      trailers: packed(result.trailers),
    };
  },

  /** The next request of a stream, null for its end. @param {[string, string | null]} of */
  request([id, bytes]) {
    requestsOf(id).enqueue(bytes);
  },

  /** @param {string} id */
  abort(id) {
    aborts.get(id).abort();
  },
};

/** A stream that may be filled before its call begins. */
function requestsOf(id) {
  if (!requests.has(id)) {
    let controller;
    const stream = new ReadableStream({ start: (given) => { controller = given; } });
    requests.set(id, { stream, enqueue: (bytes) => controller.enqueue(bytes) });
  }
  return requests.get(id);
}

async function* streamOf(id, schema) {
  const reader = requestsOf(id).stream.getReader();
  for (let next; (next = (await reader.read()).value) !== null;) {
    yield fromBinary(schema, base64Decode(next));
  }
}

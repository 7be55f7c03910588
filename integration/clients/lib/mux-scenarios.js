// SPDX-License-Identifier: Apache-2.0

// What happens on one WebSocket, from the side of a program with a MuxConnection: in Node, or in a
// page of a browser. Each scenario returns what it saw, which JSON can hold.

import { MuxConnection } from '../../../js/src/index.js';
import { descriptorOf } from '../clients/mux.js';
import { outcomeOf } from './side-channel.js';

/**
 * @typedef {object} Scene
 * @property {{ url: string, schema: import('./schema.js').Schema }} server
 * @property {any} WebSocket
 * @property {any} args of the scenario
 * @property {() => void} begun tells that the call runs which is to meet something
 */

/** @type {Record<string, (scene: Scene) => Promise<any>>} */
export const SCENARIOS = {
  /** Two hundred calls, one of which is not read before the others have ended. */
  async manyCalls(scene) {
    const client = new Client(scene);
    const { callId } = scene.args;
    const stalled = client.start('count', 'CountRequest', { count: 1_000, payloadSize: 10_000, callId });
    await stalled.headers;
    const streams = Array.from({ length: 100 }, () =>
      numbersOf(client.start('count', 'CountRequest', { count: 20, payloadSize: 1_000 })));
    const unary = Array.from({ length: 99 }, (_, index) =>
      client.start('echo', 'EchoRequest', { text: `${index}` }).response());
    const result = {
      streams: await Promise.all(streams),
      texts: (await Promise.all(unary)).map(({ text }) => text),
      whileStalled: (await outcomeOf(scene.server, callId, 0)).outcome,
      stalled: await numbersOf(stalled),
    };
    client.close();
    return result;
  },

  /** Messages larger than the credit of a call, and of the socket, beside small ones. */
  async largeMessages(scene) {
    const client = new Client(scene);
    const payload = new Uint8Array(2_000_000).map((_, index) => index * 7);
    const large = [1, 2].map(() => client.start('echo', 'EchoRequest', { payload }).response());
    const small = await client.start('echo', 'EchoRequest', { text: 'small' }).response();
    const responses = await Promise.all(large);
    client.close();
    return {
      small: small.text,
      same: responses.map((response) => response.payload.every((byte, index) => byte === payload[index])),
      lengths: responses.map((response) => response.payload.length),
    };
  },

  /** A call is cancelled, and others go on. */
  async cancelledCall(scene) {
    const client = new Client(scene);
    const { callId } = scene.args;
    const call = client.start('count', 'CountRequest', { count: 100_000, intervalMs: 10, callId });
    for await (const { number } of call) {
      if (number === 3) {
        break;
      }
    }
    const result = {
      code: (await call.status).code,
      onServer: (await outcomeOf(scene.server, callId)).outcome,
      after: (await client.start('echo', 'EchoRequest', { text: 'on' }).response()).text,
    };
    client.close();
    return result;
  },

  /** The server is told to end while a call runs. */
  async shutdown(scene) {
    const client = new Client(scene);
    const running = client.start('count', 'CountRequest', { count: 10, intervalMs: 200 });
    const responses = running[Symbol.asyncIterator]();
    await responses.next();
    scene.begun();
    let refused;
    do {
      refused = await client.start('count', 'CountRequest', { count: 0 }).status;
    } while (refused.code === 0);
    // The first one may have been under way to the server; this one stays here.
    const later = await client.start('count', 'CountRequest', { count: 0 }).status;
    let last;
    for (let next; !(next = await responses.next()).done; ) {
      last = next.value.number;
    }
    return { refused, later, last, code: (await running.status).code, closed: await client.connection.closed };
  },

  /** The server ends without a word, or falls silent. */
  async deadServer(scene) {
    const client = new Client(scene, { pingInterval: 500, pingTimeout: 500 });
    const call = client.start('hang', 'HangRequest', { callId: scene.args.callId });
    await client.start('echo', 'EchoRequest', {}).response();
    scene.begun();
    const status = await call.status;
    return { status, after: await client.start('echo', 'EchoRequest', {}).status };
  },

  /** A call that never ends, for clients that are killed. */
  async hangingCall(scene) {
    const client = new Client(scene);
    return client.start('hang', 'HangRequest', { callId: scene.args.callId }).status;
  },
};

/** A connection of a scenario. */
class Client {
  #schema;

  /** @param {Scene} scene */
  constructor({ server, WebSocket }, options = {}) {
    this.#schema = server.schema;
    this.connection = new MuxConnection(server.url, { ...options, WebSocket });
  }

  /** A call with one request. */
  start(method, type, fields) {
    const call = this.connection.call(descriptorOf(this.#schema.test[method]));
    call.send(this.#schema.message(type, fields));
    call.halfClose();
    return call;
  }

  close() {
    this.connection.close();
  }
}

async function numbersOf(call) {
  const numbers = [];
  for await (const { number } of call) {
    numbers.push(number);
  }
  return numbers;
}

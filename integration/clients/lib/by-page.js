// SPDX-License-Identifier: Apache-2.0

import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { randomUUID } from 'node:crypto';

import { base64Decode, base64Encode, packed, unpacked } from './packed.js';

/**
 * Calls that are made by a page of a browser, with `in-page.js` in it, in the shape of the other
 * clients.
 */
export class ByPage {
  #page;
  #onMessage = new Map();
  #onBegun = () => {};

  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.#page = page;
  }

  /** @param {string} script in-page.js and what it needs, in one script */
  async load(script, settings) {
    await this.#page.exposeFunction('pageMessage', (id, bytes) => this.#onMessage.get(id)?.(bytes));
    await this.#page.exposeFunction('pageBegun', () => this.#onBegun());
    await this.#page.addScriptTag({ content: script });
    await this.#page.evaluate((settings) => globalThis.page.open(settings), settings);
  }

  /** @returns {Promise<import('./call.js').CallResult>} */
  async call(method, request, { metadata, timeoutMs, signal, onMessage } = {}) {
    const id = randomUUID();
    const read = (bytes) => fromBinary(method.output, base64Decode(bytes));
    if (onMessage) {
      this.#onMessage.set(id, (bytes) => onMessage(read(bytes)));
    }
    const streamed = request[Symbol.asyncIterator] !== undefined;
    const running = this.#page.evaluate((of) => globalThis.page.call(of), {
      id,
      service: method.parent.typeName,
      method: method.name,
      request: streamed ? null : base64Encode(toBinary(method.input, request)),
      options: { metadata: packed(metadata), timeoutMs },
    });
    signal?.addEventListener('abort', () => this.#page.evaluate((id) => globalThis.page.abort(id), id));
    if (streamed) {
      await this.#sendAll(id, method, request);
    }
    const result = await running;
    return {
      ...result,
      messages: result.messages.map(read),
      headers: unpacked(result.headers),
      trailers: unpacked(result.trailers),
    };
  }

  /** Plays a scenario of `mux-scenarios.js`. */
  play(scenario, args, begun = () => {}) {
    this.#onBegun = begun;
    return this.#page.evaluate((of) => globalThis.page.play(of), [scenario, args]);
  }

  close() {
    return this.#page.close();
  }

  async #sendAll(id, method, requests) {
    const send = (bytes) => this.#page.evaluate((of) => globalThis.page.request(of), [id, bytes]);
    for await (const request of requests) {
      await send(base64Encode(toBinary(method.input, request)));
    }
    await send(null);
  }
}

// SPDX-License-Identifier: Apache-2.0

import { GrpcWebClientBase, MethodDescriptor, MethodType } from '../src/index.js';

export const FORMATS = /** @type {const} */ (['text', 'binary']);

/** A message whose encoding is its text. */
export class Text {
  /** @param {string} [text] */
  constructor(text = '') {
    this.text = text;
  }
}

/** @param {Text} message */
export const serialize = (message) => new TextEncoder().encode(message.text);

/** @param {Uint8Array} bytes */
export const deserialize = (bytes) => new Text(new TextDecoder().decode(bytes));

export const UNARY = new MethodDescriptor('/test.Strings/One', MethodType.UNARY, Text, Text, serialize, deserialize);

export const STREAM = new MethodDescriptor(
  '/test.Strings/Many',
  MethodType.SERVER_STREAMING,
  Text,
  Text,
  serialize,
  deserialize,
);

/**
 * Starts a stream and notes its events.
 *
 * @param {string} url
 * @param {import('../src/client-base.js').ClientOptions} options
 * @param {Record<string, string>} [metadata]
 */
export function openRecorded(url, options, metadata = {}) {
  const client = new GrpcWebClientBase(options);
  return record(client.serverStreaming(url + STREAM.getName(), new Text('hello'), metadata, STREAM));
}

/** @param {import('../src/client-readable-stream.js').StreamLike} stream */
export function record(stream) {
  /** @type {[string, any][]} */
  const events = [];
  /** @type {(() => void)[]} */
  const waiting = [];
  for (const event of /** @type {const} */ (['metadata', 'data', 'error', 'status', 'end'])) {
    stream.on(event, (value) => {
      events.push([event, value]);
      waiting.splice(0).forEach((wake) => wake());
    });
  }
  return {
    stream,
    events,
    names: () => events.map(([name]) => name),
    texts: () => events.filter(([name]) => name === 'data').map(([, message]) => message.text),
    value: (/** @type {string} */ event) => events.find(([name]) => name === event)?.[1],
    /** @param {string} event @param {number} [count] */
    async until(event, count = 1) {
      while (events.filter(([name]) => name === event).length < count) {
        await new Promise((resolve) => waiting.push(() => resolve(undefined)));
      }
    },
  };
}

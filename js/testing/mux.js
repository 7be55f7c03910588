// SPDX-License-Identifier: Apache-2.0

import { MuxConnection } from '../src/index.js';
import { parseHeaderBlock } from '../src/mux/header-block.js';
import { MuxReader } from '../src/mux/reader.js';
import { MuxWriter } from '../src/mux/writer.js';
import { ascii, concat } from './bytes.js';

/** A socket whose other end is in the hands of the test, with the messages that the client sent. */
export class FakeSocket {
  binaryType = '';
  protocol = '';
  bufferedAmount = 0;
  /** What came, but DATA: its name and what it holds. @type {any[][]} */
  events = [];
  /** What the client closed it with. @type {any[] | null} */
  closedBy = null;
  /** Writes what the server sends. */
  server = new MuxWriter((message) => this.emit('message', { data: message.buffer }));

  #listeners = new Map();
  /** DATA by call id. @type {Map<number, Uint8Array[]>} */
  #data = new Map();
  #reader;

  /** @param {string} url @param {string[]} protocols */
  constructor(url, protocols) {
    this.url = url;
    this.protocols = protocols;
    const note = (...event) => this.events.push(event);
    this.sink = {
      settings: (settings) => note('settings', settings),
      headers: (call, block) => note('headers', call, Object.fromEntries(parseHeaderBlock(block, 8192))),
      data: (call, bytes) => this.#data.set(call, [...(this.#data.get(call) ?? []), bytes]),
      halfClose: (call) => note('half-close', call),
      trailers() {},
      reset: (call, code, text) => note('reset', call, code, text),
      credit: (call, bytes) => note('credit', call, bytes),
      ping: (bytes) => note('ping', bytes),
      pong: (bytes) => note('pong', bytes),
      goAway() {},
    };
    this.#reader = new MuxReader('client', this.sink);
  }

  addEventListener(type, listener) {
    this.#listeners.set(type, listener);
  }

  send(message) {
    this.#reader.read(message);
  }

  close(...args) {
    this.closedBy = args;
  }

  emit(type, event = {}) {
    this.#listeners.get(type)(event);
  }

  /** The handshake has succeeded. */
  open(protocol = this.protocols[0]) {
    this.protocol = protocol;
    this.emit('open');
    return this;
  }

  /** @param {number} call */
  dataOf(call) {
    return this.#data.get(call) ?? [];
  }

  /** @param {number} call */
  bytesOf(call) {
    return concat(...this.dataOf(call));
  }

  /** @param {string} name */
  eventsOf(name) {
    return this.events.filter(([each]) => each === name).map(([, ...values]) => values);
  }
}

/** The settings that a server tells, unless a test says otherwise. */
const SETTINGS = { callCredit: 65_536, socketCredit: 1_048_576, maxCalls: 100, maxHeaderBlock: 8_192 };

/**
 * @param {import('../src/mux/connection.js').MuxOptions} [options]
 * @returns {{ connection: MuxConnection, socket: FakeSocket }} before the handshake
 */
export function connecting(options = {}) {
  let socket;
  class WebSocket extends FakeSocket {
    constructor(...args) {
      super(...args);
      socket = this;
    }
  }
  const connection = new MuxConnection('http://127.0.0.1:1/', { ...options, WebSocket });
  return { connection, socket };
}

/**
 * @param {import('../src/mux/connection.js').MuxOptions} [options]
 * @param {Partial<import('../src/mux/message.js').MuxSettings>} [settings] the server's
 */
export function connected(options, settings) {
  const both = connecting(options);
  both.socket.open().server.settings({ ...SETTINGS, ...settings });
  return both;
}

/** @param {...string} lines */
export function block(...lines) {
  return ascii(lines.map((line) => `${line}\r\n`).join(''));
}

/** Lets everything run that waits for nothing but its turn. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** @template T @param {AsyncIterable<T>} iterable */
export async function gathered(iterable) {
  const values = [];
  for await (const value of iterable) {
    values.push(value);
  }
  return values;
}

// SPDX-License-Identifier: Apache-2.0

import { protocolError } from './fault.js';
import {
  DEFAULT_SETTINGS,
  HEAD_LENGTH,
  MAX_NUMBER,
  MAX_SETTINGS,
  MAX_TEXT,
  MuxType,
  SETTING_LENGTH,
  SETTING_NAMES,
  SOCKET,
} from './message.js';

/**
 * What a {@link MuxReader} tells. Bytes share the memory of the message that they came with.
 *
 * @typedef {object} MuxSink
 * @property {(settings: import('./message.js').MuxSettings) => void} settings
 * @property {(call: number, block: Uint8Array) => void} headers
 * @property {(call: number, bytes: Uint8Array) => void} data
 * @property {(call: number) => void} halfClose
 * @property {(call: number, block: Uint8Array) => void} trailers
 * @property {(call: number, code: number, text: string) => void} reset
 * @property {(call: number, bytes: number) => void} credit
 * @property {(bytes: Uint8Array) => void} ping
 * @property {(bytes: Uint8Array) => void} pong
 * @property {(lastCall: number, text: string) => void} goAway
 */

/** @typedef {'client' | 'server'} Side */

/**
 * @typedef {object} Rule
 * @property {string} name
 * @property {Side | 'both'} from
 * @property {'socket' | 'call' | 'either'} of what it may be about
 * @property {[number, number]} length the least and the most bytes of a body
 * @property {(event: { sink: MuxSink, call: number, body: Uint8Array }) => void} deliver
 */

const ANY_LENGTH = /** @type {[number, number]} */ ([0, Infinity]);

/** @type {ReadonlyMap<number, Rule>} */
const RULES = new Map([
  [MuxType.SETTINGS, {
    name: 'SETTINGS',
    from: 'both',
    of: 'socket',
    length: [0, MAX_SETTINGS * SETTING_LENGTH],
    deliver: ({ sink, body }) => sink.settings(settingsOf(body)),
  }],
  [MuxType.HEADERS, {
    name: 'HEADERS',
    from: 'both',
    of: 'call',
    length: ANY_LENGTH,
    deliver: ({ sink, call, body }) => sink.headers(call, body),
  }],
  [MuxType.DATA, {
    name: 'DATA',
    from: 'both',
    of: 'call',
    length: ANY_LENGTH,
    deliver: ({ sink, call, body }) => sink.data(call, body),
  }],
  [MuxType.HALF_CLOSE, {
    name: 'HALF_CLOSE',
    from: 'client',
    of: 'call',
    length: [0, 0],
    deliver: ({ sink, call }) => sink.halfClose(call),
  }],
  [MuxType.TRAILERS, {
    name: 'TRAILERS',
    from: 'server',
    of: 'call',
    length: ANY_LENGTH,
    deliver: ({ sink, call, body }) => sink.trailers(call, body),
  }],
  [MuxType.RESET, {
    name: 'RESET',
    from: 'both',
    of: 'call',
    length: [1, 1 + MAX_TEXT],
    deliver: ({ sink, call, body }) => sink.reset(call, body[0], textOf(body.subarray(1))),
  }],
  [MuxType.CREDIT, {
    name: 'CREDIT',
    from: 'both',
    of: 'either',
    length: [4, 4],
    deliver: ({ sink, call, body }) => sink.credit(call, checked('CREDIT', 1, numberOf(body))),
  }],
  [MuxType.PING, {
    name: 'PING',
    from: 'both',
    of: 'socket',
    length: [8, 8],
    deliver: ({ sink, body }) => sink.ping(body),
  }],
  [MuxType.PONG, {
    name: 'PONG',
    from: 'both',
    of: 'socket',
    length: [8, 8],
    deliver: ({ sink, body }) => sink.pong(body),
  }],
  [MuxType.GOAWAY, {
    name: 'GOAWAY',
    from: 'server',
    of: 'socket',
    length: [4, 4 + MAX_TEXT],
    deliver: ({ sink, body }) => sink.goAway(numberOf(body), textOf(body.subarray(4))),
  }],
]);

/** Reads the messages of the other side, each of which comes whole. */
export class MuxReader {
  /** @type {Side} */
  #peer;
  /** @type {MuxSink} */
  #sink;
  /** Set once the SETTINGS have come, which are first. */
  #settled = false;

  /**
   * @param {Side} peer who sends the messages
   * @param {MuxSink} sink
   */
  constructor(peer, sink) {
    this.#peer = peer;
    this.#sink = sink;
  }

  /**
   * @param {Uint8Array} message
   * @throws {import('./fault.js').MuxFault} for what the other side must not send
   */
  read(message) {
    if (message.length < HEAD_LENGTH) {
      throw protocolError(`a message of ${message.length} bytes, expected at least ${HEAD_LENGTH}`);
    }
    const rule = RULES.get(message[0]);
    if (!rule) {
      throw protocolError(`the unknown type 0x${message[0].toString(16).padStart(2, '0')}`);
    }
    const body = message.subarray(HEAD_LENGTH);
    this.#check(rule, body.length);
    rule.deliver({ sink: this.#sink, call: callOf(rule, numberOf(message.subarray(1))), body });
  }

  /**
   * @param {Rule} rule
   * @param {number} length of the body
   */
  #check({ name, from, length: [least, most] }, length) {
    if (from !== 'both' && from !== this.#peer) {
      throw protocolError(`${name}, which is not for a ${this.#peer}`);
    }
    if ((name === 'SETTINGS') === this.#settled) {
      throw protocolError(this.#settled ? 'SETTINGS a second time' : `${name} before SETTINGS`);
    }
    if (length < least || length > most) {
      throw protocolError(`${name} with a body of ${length} bytes, expected ${least} to ${most}`);
    }
    this.#settled = true;
  }
}

/**
 * @param {Rule} rule
 * @param {number} call
 */
function callOf({ name, of }, call) {
  if (of === 'socket' && call !== SOCKET) {
    throw protocolError(`${name} with the call id ${call}, expected 0`);
  }
  return checked(`${name} with a call id`, of === 'call' ? 1 : 0, call);
}

/**
 * @param {string} name
 * @param {number} least
 * @param {number} number
 */
function checked(name, least, number) {
  if (number < least || number > MAX_NUMBER) {
    throw protocolError(`${name} of ${number}, expected ${least} to ${MAX_NUMBER}`);
  }
  return number;
}

/**
 * @param {Uint8Array} body
 * @returns {import('./message.js').MuxSettings}
 */
function settingsOf(body) {
  if (body.length % SETTING_LENGTH !== 0) {
    throw protocolError(`SETTINGS of ${body.length} bytes, expected pairs of ${SETTING_LENGTH}`);
  }
  const settings = { ...DEFAULT_SETTINGS };
  for (let offset = 0; offset < body.length; offset += SETTING_LENGTH) {
    const name = SETTING_NAMES.get((body[offset] << 8) | body[offset + 1]);
    if (name) {
      settings[name] = checked(`the setting ${name}`, 0, numberOf(body.subarray(offset + 2)));
    }
  }
  return settings;
}

/** @param {Uint8Array} bytes */
function numberOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} broken UTF-8 becomes U+FFFD: a text explains, and must not fail
 */
function textOf(bytes) {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

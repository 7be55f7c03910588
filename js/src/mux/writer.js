// SPDX-License-Identifier: Apache-2.0

import { HEAD_LENGTH, MAX_TEXT, MuxType, SETTING_LENGTH, SETTING_NAMES, SOCKET } from './message.js';

/** Writes messages, each of which goes as a whole. */
export class MuxWriter {
  #send;

  /** @param {(message: Uint8Array<ArrayBuffer>) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** @param {Partial<import('./message.js').MuxSettings>} settings those that are to be told */
  settings(settings) {
    const told = [...SETTING_NAMES].filter(([, name]) => settings[name] !== undefined);
    const body = new DataView(new ArrayBuffer(told.length * SETTING_LENGTH));
    told.forEach(([name, key], index) => {
      body.setUint16(index * SETTING_LENGTH, name);
      body.setUint32(index * SETTING_LENGTH + 2, /** @type {number} */ (settings[key]));
    });
    this.#write(MuxType.SETTINGS, SOCKET, new Uint8Array(body.buffer));
  }

  /** @param {number} call @param {Uint8Array} block */
  headers(call, block) {
    this.#write(MuxType.HEADERS, call, block);
  }

  /** @param {number} call @param {Uint8Array} bytes */
  data(call, bytes) {
    this.#write(MuxType.DATA, call, bytes);
  }

  /** @param {number} call */
  halfClose(call) {
    this.#write(MuxType.HALF_CLOSE, call);
  }

  /** @param {number} call @param {Uint8Array} block */
  trailers(call, block) {
    this.#write(MuxType.TRAILERS, call, block);
  }

  /** @param {number} call @param {number} code a gRPC status code @param {string} text */
  reset(call, code, text) {
    this.#write(MuxType.RESET, call, Uint8Array.of(code), cut(text));
  }

  /** @param {number} call or 0 @param {number} bytes */
  credit(call, bytes) {
    this.#write(MuxType.CREDIT, call, bytesOf(bytes));
  }

  /** @param {Uint8Array} bytes eight */
  ping(bytes) {
    this.#write(MuxType.PING, SOCKET, bytes);
  }

  /** @param {Uint8Array} bytes those of the PING */
  pong(bytes) {
    this.#write(MuxType.PONG, SOCKET, bytes);
  }

  /** @param {number} lastCall @param {string} text */
  goAway(lastCall, text) {
    this.#write(MuxType.GOAWAY, SOCKET, bytesOf(lastCall), cut(text));
  }

  /**
   * @param {number} type
   * @param {number} call
   * @param {...Uint8Array} parts of the body
   */
  #write(type, call, ...parts) {
    const length = parts.reduce((sum, part) => sum + part.length, HEAD_LENGTH);
    const message = new Uint8Array(length);
    message[0] = type;
    message.set(bytesOf(call), 1);
    let offset = HEAD_LENGTH;
    for (const part of parts) {
      message.set(part, offset);
      offset += part.length;
    }
    this.#send(message);
  }
}

/** @param {string} text as much of it as may be sent, in whole characters */
function cut(text) {
  const bytes = new Uint8Array(MAX_TEXT);
  return bytes.subarray(0, new TextEncoder().encodeInto(text, bytes).written);
}

/** @param {number} number */
function bytesOf(number) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

// SPDX-License-Identifier: Apache-2.0

import { protocolError } from './fault.js';
import { MAX_NUMBER } from './message.js';

/** What may still be sent: for a call, or for all calls of a socket. */
export class SendCredit {
  #bytes = 0;

  get bytes() {
    return this.#bytes;
  }

  /**
   * @param {number} bytes
   * @throws {import('./fault.js').MuxFault} for more than there may be
   */
  add(bytes) {
    if (this.#bytes + bytes > MAX_NUMBER) {
      throw protocolError(`a credit of ${this.#bytes} and ${bytes} more bytes`);
    }
    this.#bytes += bytes;
  }

  /** @param {number} bytes not more than there are */
  use(bytes) {
    this.#bytes -= bytes;
  }
}

/**
 * What the other side may still send. Bytes are given back when at least half the window has been
 * taken: the sender then still has the other half.
 */
export class ReceiveCredit {
  #window;
  /** What the sender has left. */
  #left;

  /** @param {number} window in bytes */
  constructor(window) {
    this.#window = window;
    this.#left = window;
  }

  /**
   * @param {number} bytes that have come
   * @throws {import('./fault.js').MuxFault} for more than the sender had left
   */
  receive(bytes) {
    if (bytes > this.#left) {
      throw protocolError(`DATA of ${bytes} bytes with a credit of ${this.#left}`);
    }
    this.#left -= bytes;
  }

  /**
   * @param {number} held bytes that have come and were not taken
   * @returns {number} how many bytes to give back now
   */
  giveBack(held) {
    const taken = this.#window - this.#left - held;
    if (taken <= 0 || taken < this.#window / 2) {
      return 0;
    }
    this.#left += taken;
    return taken;
  }
}

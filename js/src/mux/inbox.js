// SPDX-License-Identifier: Apache-2.0

import { FrameReader } from '../frame-reader.js';
import { PREFIX_LENGTH } from '../frame.js';
import { RpcError } from '../rpc-error.js';
import { StatusCode } from '../status.js';
import { ReceiveCredit } from './credit.js';

/**
 * The messages of one call that have come and were not taken. The credit bounds what is here, and the
 * one message that is longer than it.
 */
export class Inbox {
  #credit;
  #frames;
  /** @type {Uint8Array[]} */
  #messages = [];
  /** Bytes of those messages, with their prefixes. */
  #queued = 0;
  /** Bytes of the message that has come in part. */
  #partial = 0;

  /**
   * @param {number} window in bytes
   * @param {number} maxMessageSize in bytes, 0 for no limit
   */
  constructor(window, maxMessageSize) {
    this.#credit = new ReceiveCredit(window);
    this.#frames = new FrameReader(
      {
        message: (payload) => this.#add(payload),
        trailers() {
          throw new RpcError(StatusCode.INTERNAL, 'received a trailers frame in DATA');
        },
      },
      maxMessageSize,
    );
  }

  /**
   * @param {Uint8Array} bytes
   * @throws {import('./fault.js').MuxFault} beyond the credit
   * @throws {RpcError} for a frame that is broken or too large
   */
  receive(bytes) {
    this.#credit.receive(bytes.length);
    this.#partial += bytes.length;
    this.#frames.read(bytes);
  }

  /** @returns {Uint8Array | undefined} the next message, if it is there */
  take() {
    const message = this.#messages.shift();
    if (message) {
      this.#queued -= PREFIX_LENGTH + message.length;
    }
    return message;
  }

  /**
   * Tells that no more bytes come.
   *
   * @throws {RpcError} if they ended inside a frame
   */
  end() {
    this.#frames.end();
  }

  clear() {
    this.#frames.stop();
    this.#messages = [];
    this.#queued = 0;
  }

  /**
   * @param {boolean} awaited whether somebody waits for the next message; its bytes are taken as they
   *     come, or a message longer than the credit would never be whole
   * @returns {number} how many bytes to give back now
   */
  giveBack(awaited) {
    return this.#credit.giveBack(this.#queued + (awaited ? 0 : this.#partial));
  }

  /** @param {Uint8Array} payload */
  #add(payload) {
    const length = PREFIX_LENGTH + payload.length;
    this.#messages.push(payload);
    this.#queued += length;
    this.#partial -= length;
  }
}

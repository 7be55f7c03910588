// SPDX-License-Identifier: Apache-2.0

import { frameMessage } from '../frame.js';
import { parse } from '../open-stream.js';
import { RpcError } from '../rpc-error.js';
import { StatusCode } from '../status.js';

/**
 * One call of any kind: its requests by {@link send} and {@link halfClose}, its responses by iteration
 * or, where there is just one, by {@link response}. The server sends no more than what is read, and a
 * little ahead.
 *
 * @template REQ, RESP
 */
export class MuxCall {
  #stream;
  #method;

  /**
   * @param {import('./stream.js').MuxStream} stream
   * @param {import('../method-descriptor.js').MethodDescriptor<REQ, RESP>} method
   */
  constructor(stream, method) {
    this.#stream = stream;
    this.#method = method;
  }

  /** The metadata before the first response; empty for a call that ends without. It never rejects. */
  get headers() {
    return this.#stream.headers;
  }

  /** How the call ended, known when the server's word is there, read or not. It never rejects. */
  get status() {
    return this.#stream.status;
  }

  /**
   * Sends a message as soon as the server has room for it. Whoever awaits that before the next one
   * keeps no more than one message in memory.
   *
   * @param {REQ} message
   * @returns {Promise<boolean>} false where the call ended before, of which the status tells
   */
  send(message) {
    return this.#stream.send(frameMessage(this.#method.getRequestSerializeFn()(message)));
  }

  /** Ends the requests. */
  halfClose() {
    this.#stream.halfClose();
  }

  /** Ends the call at once, for the server too. */
  cancel() {
    this.#stream.cancel();
  }

  /**
   * The responses as they come. To leave the loop is to cancel the call; a call that fails throws an
   * RpcError after the responses that came before.
   *
   * @returns {AsyncGenerator<RESP, void, undefined>}
   */
  async *[Symbol.asyncIterator]() {
    try {
      for (let payload; (payload = await this.#stream.read()); ) {
        yield /** @type {RESP} */ (parse(this.#method.getResponseDeserializeFn(), payload));
      }
    } finally {
      this.#stream.cancel();
    }
  }

  /**
   * The response of a call that has just one.
   *
   * @returns {Promise<RESP>}
   * @throws {RpcError} if the call failed, or had none or several
   */
  async response() {
    const responses = [];
    for await (const response of this) {
      if (responses.push(response) > 1) {
        throw new RpcError(StatusCode.INTERNAL, 'more than one response came to a call that has one');
      }
    }
    if (responses.length === 0) {
      throw new RpcError(StatusCode.INTERNAL, 'the call succeeded without a response');
    }
    return responses[0];
  }
}

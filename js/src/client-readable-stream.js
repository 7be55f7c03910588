// SPDX-License-Identifier: Apache-2.0

import { reportUncaught } from './report-uncaught.js';

/** @typedef {'metadata' | 'data' | 'error' | 'status' | 'end'} StreamEvent */

/**
 * A stream, or what an interceptor made of one.
 *
 * @typedef {object} StreamLike
 * @property {(event: StreamEvent, callback: (value: any) => void) => unknown} on
 * @property {(event: StreamEvent, callback: (value: any) => void) => unknown} removeListener
 * @property {() => void} cancel
 */

/**
 * The events of one call: `metadata` when the response headers are there, `data` for each message as
 * it arrives, `error` if the call failed, `status`, and `end` if the response ended with a trailers
 * frame. After {@link cancel} there are none.
 *
 * @implements {StreamLike}
 */
export class ClientReadableStream {
  /** @type {Record<StreamEvent, ((value: any) => void)[]>} */
  #callbacks = { metadata: [], data: [], error: [], status: [], end: [] };
  #cancelled = false;
  #cancelCall;

  /**
   * @param {(emit: (event: StreamEvent, value?: unknown) => void) => () => void} open starts the call,
   *     which emits its events later, and returns what cancels it
   */
  constructor(open) {
    this.#cancelCall = open((event, value) => this.#emit(event, value));
  }

  /**
   * @param {StreamEvent} event
   * @param {(value: any) => void} callback
   * @returns {this}
   */
  on(event, callback) {
    this.#callbacks[event]?.push(callback);
    return this;
  }

  /**
   * @param {StreamEvent} event
   * @param {(value: any) => void} callback
   * @returns {this}
   */
  removeListener(event, callback) {
    const callbacks = this.#callbacks[event];
    const index = callbacks ? callbacks.indexOf(callback) : -1;
    if (index >= 0) {
      callbacks.splice(index, 1);
    }
    return this;
  }

  cancel() {
    this.#cancelled = true;
    this.#cancelCall();
  }

  /**
   * @param {StreamEvent} event
   * @param {unknown} value
   */
  #emit(event, value) {
    for (const callback of [...this.#callbacks[event]]) {
      if (this.#cancelled) {
        return;
      }
      try {
        callback(value);
      } catch (error) {
        reportUncaught(error);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

import { RpcError } from './rpc-error.js';
import { StatusCode } from './status.js';

/** @typedef {import('./client-readable-stream.js').StreamLike} StreamLike */
/** @typedef {import('./client-readable-stream.js').StreamEvent} StreamEvent */

/**
 * What a unary call brought.
 *
 * @typedef {object} UnaryResult
 * @property {any} message
 * @property {import('./metadata.js').Metadata} metadata
 * @property {import('./status.js').Status | null} status
 */

/**
 * Makes one answer of the events of a stream. Only the first error counts.
 *
 * @param {StreamLike} stream
 * @param {(error: RpcError | null, result: UnaryResult | null) => void} settle called once
 */
export function collectUnary(stream, settle) {
  /** @type {UnaryResult} */
  const result = { message: null, metadata: {}, status: null };
  let count = 0;
  let settled = false;

  /** @param {RpcError | null} error */
  const settleOnce = (error) => {
    if (!settled) {
      settled = true;
      settle(error, error ? null : result);
    }
  };

  stream.on('metadata', (metadata) => (result.metadata = metadata));
  stream.on('data', (message) => {
    count++;
    result.message = message;
  });
  stream.on('error', settleOnce);
  stream.on('status', (status) => {
    result.status = status;
    if (status.code !== StatusCode.OK) {
      // For the stream of an interceptor that passes on no errors.
      settleOnce(new RpcError(status.code, status.details, status.metadata));
    }
  });
  stream.on('end', () => settleOnce(checkCount(count)));
}

/**
 * @param {number} count of messages
 * @returns {RpcError | null}
 */
function checkCount(count) {
  if (count === 0) {
    return new RpcError(StatusCode.UNKNOWN, 'Incomplete response');
  }
  return count === 1 ? null : new RpcError(StatusCode.INTERNAL, `received ${count} messages for a unary call`);
}

/**
 * What a callback call returns: a stream without messages and errors, which go to the callback.
 *
 * @implements {StreamLike}
 */
export class UnaryCallStream {
  #stream;

  /** @param {StreamLike} stream */
  constructor(stream) {
    this.#stream = stream;
  }

  /**
   * @param {StreamEvent} event
   * @param {(value: any) => void} callback
   * @returns {this}
   */
  on(event, callback) {
    if (event !== 'data' && event !== 'error') {
      this.#stream.on(event, callback);
    }
    return this;
  }

  /**
   * @param {StreamEvent} event
   * @param {(value: any) => void} callback
   * @returns {this}
   */
  removeListener(event, callback) {
    this.#stream.removeListener(event, callback);
    return this;
  }

  cancel() {
    this.#stream.cancel();
  }
}

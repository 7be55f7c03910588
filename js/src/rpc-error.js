// SPDX-License-Identifier: Apache-2.0

import { statusCodeName } from './status.js';

/** The failure of a call. */
export class RpcError extends Error {
  /**
   * @param {number} code one of {@link StatusCode}
   * @param {string} message
   * @param {import('./metadata.js').Metadata} [metadata] the trailers that came with the status
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, metadata = {}, options) {
    super(message, options);
    this.code = code;
    this.metadata = metadata;
  }

  /** @override */
  toString() {
    const name = statusCodeName(this.code) || String(this.code);
    return this.message ? `RpcError(${name}): ${this.message}` : `RpcError(${name})`;
  }
}

// On the prototype, as for the built-in errors, so that it does not show up among an error's own fields.
Object.defineProperty(RpcError.prototype, 'name', { value: 'RpcError', configurable: true, writable: true });

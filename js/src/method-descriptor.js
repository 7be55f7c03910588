// SPDX-License-Identifier: Apache-2.0

import { CallOptions } from './call-options.js';
import { Request } from './request.js';
import { UnaryResponse } from './unary-response.js';

export const MethodType = Object.freeze({
  UNARY: 'unary',
  SERVER_STREAMING: 'server_streaming',
  BIDI_STREAMING: 'bidi_streaming',
});

/**
 * What generated code tells about one method.
 *
 * @template REQ, RESP
 */
export class MethodDescriptor {
  #methodType;
  #requestType;
  #responseType;
  #serialize;
  #deserialize;

  /**
   * @param {string} name the path, `/package.Service/Method`
   * @param {string} methodType one of {@link MethodType}
   * @param {new (...args: any[]) => REQ} requestType
   * @param {new (...args: any[]) => RESP} responseType
   * @param {(message: REQ) => Uint8Array} serialize
   * @param {(bytes: Uint8Array) => RESP} deserialize
   */
  constructor(name, methodType, requestType, responseType, serialize, deserialize) {
    this.name = name;
    this.#methodType = methodType;
    this.#requestType = requestType;
    this.#responseType = responseType;
    this.#serialize = serialize;
    this.#deserialize = deserialize;
  }

  getName() {
    return this.name;
  }

  getMethodType() {
    return this.#methodType;
  }

  getRequestMessageCtor() {
    return this.#requestType;
  }

  getResponseMessageCtor() {
    return this.#responseType;
  }

  getRequestSerializeFn() {
    return this.#serialize;
  }

  getResponseDeserializeFn() {
    return this.#deserialize;
  }

  /**
   * @param {REQ} message
   * @param {import('./metadata.js').Metadata} [metadata]
   * @param {CallOptions} [callOptions]
   * @returns {Request<REQ, RESP>}
   */
  createRequest(message, metadata = {}, callOptions = new CallOptions()) {
    return new Request(message, this, metadata, callOptions);
  }

  /**
   * @param {RESP} message
   * @param {import('./metadata.js').Metadata} [metadata]
   * @param {import('./status.js').Status | null} [status]
   * @returns {UnaryResponse<REQ, RESP>}
   */
  createUnaryResponse(message, metadata = {}, status = null) {
    return new UnaryResponse(message, this, metadata, status);
  }
}

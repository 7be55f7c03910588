// SPDX-License-Identifier: Apache-2.0

import { CallOptions } from './call-options.js';

/**
 * A call on its way through the interceptors, which may change its metadata in place.
 *
 * @template REQ, RESP
 */
export class Request {
  #message;
  #methodDescriptor;
  #metadata;
  #callOptions;

  /**
   * @param {REQ} message
   * @param {import('./method-descriptor.js').MethodDescriptor<REQ, RESP>} methodDescriptor
   * @param {import('./metadata.js').Metadata} metadata
   * @param {CallOptions} [callOptions]
   */
  constructor(message, methodDescriptor, metadata, callOptions = new CallOptions()) {
    this.#message = message;
    this.#methodDescriptor = methodDescriptor;
    this.#metadata = metadata;
    this.#callOptions = callOptions;
  }

  getRequestMessage() {
    return this.#message;
  }

  getMethodDescriptor() {
    return this.#methodDescriptor;
  }

  getMetadata() {
    return this.#metadata;
  }

  getCallOptions() {
    return this.#callOptions;
  }

  /**
   * @param {string} key
   * @param {string} value
   * @returns {this}
   */
  withMetadata(key, value) {
    this.#metadata[key] = value;
    return this;
  }

  /**
   * @param {string} name
   * @param {unknown} value
   * @returns {this}
   */
  withGrpcCallOption(name, value) {
    this.#callOptions.setOption(name, value);
    return this;
  }
}

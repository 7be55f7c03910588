// SPDX-License-Identifier: Apache-2.0

/**
 * The answer to a promise call, as interceptors see it.
 *
 * @template REQ, RESP
 */
export class UnaryResponse {
  #message;
  #methodDescriptor;
  #metadata;
  #status;

  /**
   * @param {RESP} message
   * @param {import('./method-descriptor.js').MethodDescriptor<REQ, RESP>} methodDescriptor
   * @param {import('./metadata.js').Metadata} [metadata] from the response headers
   * @param {import('./status.js').Status | null} [status]
   */
  constructor(message, methodDescriptor, metadata = {}, status = null) {
    this.#message = message;
    this.#methodDescriptor = methodDescriptor;
    this.#metadata = metadata;
    this.#status = status;
  }

  getResponseMessage() {
    return this.#message;
  }

  getMethodDescriptor() {
    return this.#methodDescriptor;
  }

  getMetadata() {
    return this.#metadata;
  }

  getStatus() {
    return this.#status;
  }
}

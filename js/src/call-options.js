// SPDX-License-Identifier: Apache-2.0

/** Options of one call, by name. A promise call reads `signal`, an AbortSignal. */
export class CallOptions {
  /** @type {Record<string, unknown>} */
  #options;

  /** @param {object} [options] */
  constructor(options = {}) {
    this.#options = { ...options };
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  setOption(name, value) {
    this.#options[name] = value;
  }

  /**
   * @param {string} name
   * @returns {any}
   */
  get(name) {
    return this.#options[name];
  }

  /** @param {string} name */
  removeOption(name) {
    delete this.#options[name];
  }

  /** @returns {string[]} */
  getKeys() {
    return Object.keys(this.#options);
  }
}

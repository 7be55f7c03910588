// SPDX-License-Identifier: Apache-2.0

/**
 * What one call has still to send: frames that wait for credit, each with who waits for it, and then
 * the end of the requests.
 */
export class Outbox {
  /** @type {{ bytes: Uint8Array, settle: (sent: boolean) => void }[]} */
  #frames = [];
  /** Bytes of the first frame that have gone. */
  #offset = 0;
  #length = 0;

  /** Bytes that wait. */
  get length() {
    return this.#length;
  }

  /**
   * @param {Uint8Array} frame
   * @returns {Promise<boolean>} whether it was sent, when that is known
   */
  add(frame) {
    this.#length += frame.length;
    return new Promise((settle) => this.#frames.push({ bytes: frame, settle }));
  }

  /**
   * @param {number} limit
   * @returns {Uint8Array} the next bytes, of one frame
   */
  take(limit) {
    const { bytes, settle } = this.#frames[0];
    const part = bytes.subarray(this.#offset, this.#offset + limit);
    this.#offset += part.length;
    this.#length -= part.length;
    if (this.#offset === bytes.length) {
      this.#frames.shift();
      this.#offset = 0;
      settle(true);
    }
    return part;
  }

  /** Gives up what waits. */
  clear() {
    const frames = this.#frames;
    this.#frames = [];
    this.#length = 0;
    frames.forEach(({ settle }) => settle(false));
  }
}

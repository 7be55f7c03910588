// SPDX-License-Identifier: Apache-2.0

import { Base64Reader } from './base64-reader.js';
import { FrameReader } from './frame-reader.js';

/** Reads a response body of either mode: base64, where there is any, is invisible to the frames. */
export class ResponseReader {
  /** @type {Base64Reader | null} */
  #base64;
  /** @type {FrameReader} */
  #frames;

  /**
   * @param {'text' | 'binary'} mode
   * @param {import('./frame-reader.js').FrameSink} sink
   * @param {number} maxMessageSize in bytes, 0 for no limit
   */
  constructor(mode, sink, maxMessageSize) {
    this.#base64 = mode === 'text' ? new Base64Reader() : null;
    this.#frames = new FrameReader(sink, maxMessageSize);
  }

  /** @param {Uint8Array} chunk */
  read(chunk) {
    this.#frames.read(this.#base64 ? this.#base64.read(chunk) : chunk);
  }

  stop() {
    this.#frames.stop();
  }

  end() {
    if (this.#base64) {
      this.#frames.read(this.#base64.end());
    }
    this.#frames.end();
  }
}

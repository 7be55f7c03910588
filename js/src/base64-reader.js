// SPDX-License-Identifier: Apache-2.0

import { RpcError } from './rpc-error.js';
import { StatusCode } from './status.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/* Classes of a character beside the 64 digits. */
const PADDING = 64;
const SPACE = 65;
const FOREIGN = 66;

const CLASSES = new Uint8Array(256).fill(FOREIGN);
[...ALPHABET].forEach((digit, value) => (CLASSES[digit.charCodeAt(0)] = value));
[...' \t\r\n'].forEach((space) => (CLASSES[space.charCodeAt(0)] = SPACE));
CLASSES['='.charCodeAt(0)] = PADDING;

/**
 * Decodes base64 that comes in chunks of any size. Padding ends a unit and may come anywhere, since a
 * server pads whenever it flushes; white space is skipped, since it keeps an idle stream open. Keeps
 * at most one unit of four characters.
 */
export class Base64Reader {
  /** Digits of the present unit, six bits each. */
  #bits = 0;
  /** How many digits that is, 0 to 3. */
  #digits = 0;
  /** Whether the first of two padding characters has come. */
  #padded = false;

  /**
   * @param {Uint8Array} chunk ASCII
   * @returns {Uint8Array} what the chunk completes
   * @throws {RpcError} for a character that base64 does not have at this place
   */
  read(chunk) {
    const bytes = new Uint8Array(Math.ceil((chunk.length * 3) / 4) + 2);
    let length = 0;
    for (let i = 0; i < chunk.length; i++) {
      const value = CLASSES[chunk[i]];
      if (value < PADDING && !this.#padded) {
        this.#bits = (this.#bits << 6) | value;
        if (++this.#digits === 4) {
          bytes[length++] = this.#bits >> 16;
          bytes[length++] = this.#bits >> 8;
          bytes[length++] = this.#bits;
          this.#startUnit();
        }
      } else if (value === PADDING && this.#digits >= 2) {
        length = this.#pad(bytes, length);
      } else if (value !== SPACE) {
        throw misplaced(chunk[i]);
      }
    }
    return bytes.subarray(0, length);
  }

  /**
   * Tells that no more characters come. Missing padding is accepted: the frames tell whether bytes are
   * missing.
   *
   * @returns {Uint8Array} the bytes of a last unit without padding
   * @throws {RpcError} for a lone digit, which is less than a byte
   */
  end() {
    if (this.#digits === 1) {
      throw new RpcError(StatusCode.INTERNAL, 'the response ended inside a unit of base64');
    }
    const bytes = new Uint8Array(2);
    const length = this.#digits === 0 || this.#padded ? 0 : this.#flush(bytes, 0);
    this.#startUnit();
    return bytes.subarray(0, length);
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} length
   * @returns {number} the new length
   */
  #pad(bytes, length) {
    const flushed = this.#padded ? length : this.#flush(bytes, length);
    if (this.#digits === 2 && !this.#padded) {
      this.#padded = true;
    } else {
      this.#startUnit();
    }
    return flushed;
  }

  /**
   * Writes the whole bytes of a unit of two or three digits.
   *
   * @param {Uint8Array} bytes
   * @param {number} length
   * @returns {number} the new length
   */
  #flush(bytes, length) {
    if (this.#digits === 2) {
      bytes[length] = this.#bits >> 4;
      return length + 1;
    }
    bytes[length] = this.#bits >> 10;
    bytes[length + 1] = this.#bits >> 2;
    return length + 2;
  }

  #startUnit() {
    this.#bits = 0;
    this.#digits = 0;
    this.#padded = false;
  }
}

/** @param {number} character */
function misplaced(character) {
  const hex = character.toString(16).padStart(2, '0');
  return new RpcError(StatusCode.INTERNAL, `received a character that is no base64: 0x${hex}`);
}

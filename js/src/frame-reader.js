// SPDX-License-Identifier: Apache-2.0

import { FLAG_COMPRESSED, FLAG_TRAILERS, PREFIX_LENGTH } from './frame.js';
import { RpcError } from './rpc-error.js';
import { StatusCode } from './status.js';

/**
 * What a {@link FrameReader} tells. Each payload is an array of its own.
 *
 * @typedef {object} FrameSink
 * @property {(payload: Uint8Array) => void} message
 * @property {(block: Uint8Array) => void} trailers nothing follows it
 */

/** Room for the trailers of a client that accepts only small messages. */
const MIN_TRAILERS_LIMIT = 64 * 1024;

/** What is allocated on the word of a length prefix alone; more only as bytes arrive. */
const FIRST_ALLOCATION = 64 * 1024;

const PREFIX = 'prefix';
const PAYLOAD = 'payload';
const ENDED = 'ended';

/**
 * Cuts a stream of bytes into frames by their lengths. Keeps at most one partial frame.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
 */
export class FrameReader {
  /** @type {FrameSink} */
  #sink;
  /** Largest message in bytes, 0 for any. @type {number} */
  #maxMessageSize;
  /** @type {typeof PREFIX | typeof PAYLOAD | typeof ENDED} */
  #stage = PREFIX;
  #prefix = new Uint8Array(PREFIX_LENGTH);
  /** Bytes of the present prefix or payload that have arrived. */
  #received = 0;
  /** Announced length of the present payload. */
  #length = 0;
  /** Beginning of a payload that comes in several chunks. */
  #payload = new Uint8Array(0);

  /**
   * @param {FrameSink} sink
   * @param {number} maxMessageSize in bytes, 0 for no limit
   */
  constructor(sink, maxMessageSize) {
    this.#sink = sink;
    this.#maxMessageSize = maxMessageSize;
  }

  /**
   * Takes the next bytes and hands over every frame that they complete.
   *
   * @param {Uint8Array} chunk
   * @throws {RpcError} for what is no frame, or too large
   */
  read(chunk) {
    let offset = 0;
    while (offset < chunk.length && this.#stage !== ENDED) {
      offset = this.#stage === PREFIX ? this.#readPrefix(chunk, offset) : this.#readPayload(chunk, offset);
    }
  }

  /** Ends the reading: frames that have already arrived are not handed over any more. */
  stop() {
    this.#stage = ENDED;
    this.#payload = new Uint8Array(0);
  }

  /**
   * Tells that no more bytes come.
   *
   * @throws {RpcError} if they ended inside a frame
   */
  end() {
    const inFrame = this.#stage === PAYLOAD || (this.#stage === PREFIX && this.#received > 0);
    if (inFrame) {
      const expected = this.#stage === PREFIX ? PREFIX_LENGTH : this.#length;
      throw new RpcError(
        StatusCode.INTERNAL,
        `the response ended inside a frame: ${this.#received} of ${expected} bytes of its ${this.#stage}`,
      );
    }
  }

  /**
   * @param {Uint8Array} chunk
   * @param {number} offset
   * @returns {number} where the next read begins
   */
  #readPrefix(chunk, offset) {
    const end = Math.min(chunk.length, offset + PREFIX_LENGTH - this.#received);
    this.#prefix.set(chunk.subarray(offset, end), this.#received);
    this.#received += end - offset;
    if (this.#received === PREFIX_LENGTH) {
      this.#beginPayload(this.#prefix[0], new DataView(this.#prefix.buffer).getUint32(1));
    }
    return end;
  }

  /**
   * @param {number} flags
   * @param {number} length
   */
  #beginPayload(flags, length) {
    checkFlags(flags);
    this.#checkLength(flags, length);
    this.#stage = PAYLOAD;
    this.#received = 0;
    this.#length = length;
    if (length === 0) {
      this.#deliver(new Uint8Array(0));
    }
  }

  /**
   * @param {number} flags
   * @param {number} length
   */
  #checkLength(flags, length) {
    const limit = flags === FLAG_TRAILERS ? Math.max(this.#maxMessageSize, MIN_TRAILERS_LIMIT) : this.#maxMessageSize;
    if (this.#maxMessageSize > 0 && length > limit) {
      throw new RpcError(
        StatusCode.RESOURCE_EXHAUSTED,
        `received a message of ${length} bytes, larger than the limit of ${limit}`,
      );
    }
  }

  /**
   * @param {Uint8Array} chunk
   * @param {number} offset
   * @returns {number} where the next read begins
   */
  #readPayload(chunk, offset) {
    const end = Math.min(chunk.length, offset + this.#length - this.#received);
    if (end - offset === this.#length) {
      this.#deliver(chunk.slice(offset, end));
      return end;
    }
    this.#reserve(this.#received + end - offset);
    this.#payload.set(chunk.subarray(offset, end), this.#received);
    this.#received += end - offset;
    if (this.#received === this.#length) {
      this.#deliver(this.#payload);
    }
    return end;
  }

  /** @param {number} size bytes of the payload that are about to be there */
  #reserve(size) {
    if (this.#payload.length < size) {
      const capacity = Math.min(this.#length, Math.max(FIRST_ALLOCATION, 2 * size));
      const grown = new Uint8Array(capacity);
      grown.set(this.#payload.subarray(0, this.#received));
      this.#payload = grown;
    }
  }

  /** @param {Uint8Array} payload */
  #deliver(payload) {
    const trailers = this.#prefix[0] === FLAG_TRAILERS;
    this.#stage = trailers ? ENDED : PREFIX;
    this.#received = 0;
    this.#payload = new Uint8Array(0);
    if (trailers) {
      this.#sink.trailers(payload);
    } else {
      this.#sink.message(payload);
    }
  }
}

/** @param {number} flags */
function checkFlags(flags) {
  if ((flags & FLAG_COMPRESSED) !== 0) {
    throw new RpcError(StatusCode.INTERNAL, 'received a compressed frame, although no compression was offered');
  }
  if (flags !== 0 && flags !== FLAG_TRAILERS) {
    const hex = flags.toString(16).padStart(2, '0');
    throw new RpcError(StatusCode.INTERNAL, `received a frame with unknown flags 0x${hex}`);
  }
}

// SPDX-License-Identifier: Apache-2.0

import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire';

/**
 * How every client under test is called.
 *
 * @typedef {object} CallOptions
 * @property {Record<string, string | Uint8Array>} [metadata] bytes for `-bin` names
 * @property {number} [timeoutMs]
 * @property {AbortSignal} [signal] cancels
 * @property {(message: any) => void} [onMessage] told of each message as the client delivers it
 */

/**
 * What a call brought. It never rejects for a failed call.
 *
 * @typedef {object} CallResult
 * @property {any[]} messages
 * @property {Record<string, string | Uint8Array>} headers by lower-case name
 * @property {Record<string, string | Uint8Array>} trailers
 * @property {number | undefined} code the gRPC status, undefined where the client tells none
 * @property {string} [text] the message of the status
 */

/** Gathers a result while a client delivers it. */
export class Recorder {
  /** @type {CallResult} */
  result = { messages: [], headers: {}, trailers: {}, code: undefined };

  /** @param {CallOptions} options */
  constructor(options) {
    this.onMessage = options.onMessage ?? (() => {});
  }

  message(message) {
    this.result.messages.push(message);
    this.onMessage(message);
  }

  headers(fields) {
    Object.assign(this.result.headers, decoded(fields));
  }

  trailers(fields) {
    Object.assign(this.result.trailers, decoded(fields));
  }

  end(code, text) {
    this.result.code = code;
    this.result.text = text;
    return this.result;
  }
}

/** Metadata as the wire has it: bytes in base64. */
export function encoded(metadata = {}) {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) =>
      [name, typeof value === 'string' ? value : base64Encode(value)]));
}

/** Metadata with bytes: values of `-bin` names are decoded, if the client has not. */
function decoded(fields) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) =>
      [name, name.endsWith('-bin') && typeof value === 'string' ? base64Decode(value) : value]));
}

/** A codec in the shape that several clients ask for. */
export function codec(schema) {
  return {
    toBinary: (message) => toBinary(schema, message),
    fromBinary: (bytes) => fromBinary(schema, bytes),
  };
}

/**
 * A message class in the shape of google-protobuf, which generated code of the older clients has.
 */
export function messageClass(schema) {
  return class {
    constructor(message) {
      this.message = message;
    }

    serializeBinary() {
      return toBinary(schema, this.message);
    }

    static deserializeBinary(bytes) {
      return fromBinary(schema, bytes);
    }
  };
}

export function isUnary(method) {
  return method.methodKind === 'unary';
}

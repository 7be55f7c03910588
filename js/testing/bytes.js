// SPDX-License-Identifier: Apache-2.0

const encoder = new TextEncoder();

/** @param {string} hex spaces allowed */
export function hex(hex) {
  return Uint8Array.from(hex.replaceAll(/\s/g, '').match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {Uint8Array} bytes */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {string} text */
export function ascii(text) {
  return encoder.encode(text);
}

/** @param {...Uint8Array} parts */
export function concat(...parts) {
  return new Uint8Array(Buffer.concat(parts));
}

/** @param {number} flags @param {Uint8Array} payload */
export function frame(flags, payload) {
  const prefix = new Uint8Array(5);
  prefix[0] = flags;
  new DataView(prefix.buffer).setUint32(1, payload.length);
  return concat(prefix, payload);
}

/** @param {string} text a message of the string codec */
export function data(text) {
  return frame(0, ascii(text));
}

/** @param {...string} lines */
export function trailers(...lines) {
  return frame(0x80, ascii(lines.map((line) => `${line}\r\n`).join('')));
}

/** @param {Uint8Array} bytes */
export function base64(bytes) {
  return Buffer.from(bytes).toString('base64');
}

/**
 * Every way to cut the bytes in two, then byte by byte, then whole.
 *
 * @param {Uint8Array} bytes
 */
export function* splits(bytes) {
  for (let i = 1; i < bytes.length; i++) {
    yield [bytes.subarray(0, i), bytes.subarray(i)];
  }
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
  yield [bytes];
}
